import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

/** Who listens on a TCP port of this machine: `pid 4711 (python3)`; undefined when that can't be known, as for another user's process. */
export async function findPortOwner(port: number): Promise<string | undefined> {
  try {
    return process.platform === 'linux' ? await ownerFromProc(port) : await ownerFromLsof(port);
  } catch {
    return undefined;
  }
}

async function ownerFromProc(port: number): Promise<string | undefined> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')));
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`));
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (!(await hasOpen(pid, inodes))) continue;
    return `pid ${pid} (${programOf(await readFile(`/proc/${pid}/cmdline`, 'utf8'))})`;
  }
  return undefined;
}

/** The program without its folder; what a process calls itself stands there whole: `pricectl supervisor pricectl/price-api`. */
function programOf(commandLine: string): string {
  const [first = ''] = commandLine.split('\0');
  return first.startsWith('/') ? basename(first) : first;
}

/** Inodes of the sockets in state LISTEN (0A) on a port, by the table of proc_net(5). */
function listeningInodes(table: string, port: number): readonly string[] {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table.split('\n').flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return local?.endsWith(end) && state === '0A' && inode !== undefined ? [inode] : [];
  });
}

async function hasOpen(pid: string, links: ReadonlySet<string>): Promise<boolean> {
  try {
    for (const descriptor of await readdir(`/proc/${pid}/fd`)) {
      if (links.has(await readlink(`/proc/${pid}/fd/${descriptor}`))) return true;
    }
  } catch {
    // Another user's process, or one that ended meanwhile.
  }
  return false;
}

async function ownerFromLsof(port: number): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: 5_000 });
  const [, pid, name] = /^p(\d+)\nc(.*)$/m.exec(stdout) ?? [];
  return pid === undefined ? undefined : `pid ${pid} (${name})`;
}
