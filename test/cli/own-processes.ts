import { readdir, readFile, readlink } from 'node:fs/promises';

/** Pids of all processes that have a sandbox's folder for a home, whoever started them (Linux). */
export async function processesOf(folder: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const ours = await Promise.all(pids.map(async (pid) => (await readIfThere(`/proc/${pid}/environ`)).split('\0').includes(`HOME=${folder}`)));
  return pids.filter((_, index) => ours[index]).map(Number);
}

/** What a process was started with, as every user of the machine sees it. */
export async function commandLineOf(pid: number): Promise<string> {
  return (await readIfThere(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ');
}

/** Addresses on which processes listen for TCP or have a UDP socket, as `127.0.0.1:8080`, each once. */
export async function listeningAddresses(pids: readonly number[]): Promise<readonly string[]> {
  const inodes = new Set((await Promise.all(pids.map(socketsOf))).flat());
  const found = new Set<string>();
  for (const [table, states] of [['tcp', ['0A']], ['tcp6', ['0A']], ['udp', ['07', '01']], ['udp6', ['07', '01']]] as const) {
    for (const line of (await readFile(`/proc/net/${table}`, 'utf8')).split('\n').slice(1)) {
      const [, local = '', , state = '', , , , , , inode = ''] = line.trim().split(/\s+/);
      if (inodes.has(inode) && states.some((each) => each === state)) found.add(toAddress(local));
    }
  }
  return [...found].toSorted();
}

async function socketsOf(pid: number): Promise<readonly string[]> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}

/** The kernel writes an address as words of 32 bits in the machine's order. */
function toAddress(text: string): string {
  const [hex = '', port = ''] = text.split(':');
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).toReversed().map((byte) => Number.parseInt(byte, 16)));
  const host = bytes.length === 4 ? bytes.join('.') : bytes.slice(0, 15).every((byte) => byte === 0) ? `[::${bytes[15] === 0 ? '' : String(bytes[15])}]` : `[${Buffer.from(bytes).toString('hex')}]`;
  return `${host}:${Number.parseInt(port, 16)}`;
}

async function readIfThere(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
