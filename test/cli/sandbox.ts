import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const launcher = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** How a command of the sandbox ended. */
export interface CliResult {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as JSON; throws when it isn't. */
  // oxlint-disable-next-line typescript/no-explicit-any -- what a test looks for in it is what it checks
  json(): any;
}

/** How a command is started. */
export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A home of its own for one test: state, runs and services live and end in it. */
export interface Sandbox extends AsyncDisposable {
  readonly folder: string;
  /** A free port for the test's service. */
  readonly port: number;
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** Starts a command without waiting for its end. */
  start(args: readonly string[], options?: CliOptions): CliProcess;
  /** Writes a file into the folder and returns its path. */
  write(name: string, content: string | Uint8Array): Promise<string>;
  read(name: string): Promise<string>;
}

/** A command under way. */
export interface CliProcess {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  readonly result: Promise<CliResult>;
}

/** Makes a sandbox; its end takes down the default service, if one is up. The folder's name has a space and quotes on purpose. */
export async function createSandbox(): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), `pricectl's "test" `));
  const port = await freePort();
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: tmpdir(), PRICECTL_TARGET: 'local', NODE_COMPILE_CACHE: join(tmpdir(), 'pricectl-test-cache') };
  const start = (args: readonly string[], options: CliOptions = {}): CliProcess => {
    const child = execa(process.execPath, [launcher, ...args], {
      cwd: options.cwd ?? folder,
      env: { ...env, ...options.env },
      extendEnv: false,
      reject: false,
      stripFinalNewline: false,
      timeout: 120_000,
      forceKillAfterDelay: 5_000,
    });
    const result = child.then(({ exitCode, signal, stdout, stderr }) => ({ exitCode, signal, stdout, stderr, json: () => JSON.parse(stdout) }));
    return { pid: child.nodeChildProcess.pid ?? 0, kill: (signal) => void child.kill(signal), result };
  };
  const run = (args: readonly string[], options?: CliOptions) => start(args, options).result;
  return {
    folder,
    port,
    run,
    start,
    async write(name, content) {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
    read: (name) => readFile(join(folder, name), 'utf8'),
    async [Symbol.asyncDispose]() {
      await run(['down', '--quiet']);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A TCP port of the loopback address that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
