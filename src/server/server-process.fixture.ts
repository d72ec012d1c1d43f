import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './server.fixture.ts';

const servers = {
  /** The real one. */
  main: fileURLToPath(new URL('main.ts', import.meta.url)),
  /** One that reads its prices at once and once. */
  quick: fileURLToPath(new URL('serve-child.fixture.ts', import.meta.url)),
  /** The real one but for the limits of its downloads. */
  impatient: fileURLToPath(new URL('serve-impatient.fixture.ts', import.meta.url)),
};

/** A server process with prices in a folder of its own. */
export class ServerProcess {
  readonly child: ChildProcess;
  readonly folder: string;
  /** What it wrote on stdout. */
  readonly lines: string[] = [];
  /** What it wrote on stderr. */
  readonly errors: string[] = [];
  /** What it told its parent. */
  readonly messages: unknown[] = [];
  readonly exit: Promise<readonly [code: number | null, signal: NodeJS.Signals | null]>;

  private constructor(child: ChildProcess, folder: string) {
    this.child = child;
    this.folder = folder;
    child.on('message', (message) => this.messages.push(message));
const outputs = [child.stdout, child.stderr].map((output) => new Promise((resolve) => output?.once('close', resolve)));
    // Not `close`: that doesn't come after `disconnect`.
    this.exit = new Promise((resolve) => {
      child.once('exit', (code, signal) => void Promise.all(outputs).then(() => resolve([code, signal])));
    });
    for (const [output, lines] of [[child.stdout, this.lines], [child.stderr, this.errors]] as const) {
      output?.setEncoding('utf8').on('data', (text: string) => lines.push(...text.split('\n').filter((line) => line !== '')));
    }
  }

  /** Starts a server with these prices and waits until it has read them, or has ended. */
  static async start(env: Readonly<Record<string, string>> = {}, kind: keyof typeof servers = 'quick', prices = 'P123,19.99\nP124,49.5\n'): Promise<ServerProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'pricectl-server-'));
    await writeFile(join(folder, 'prices.txt'), prices);
    const child = fork(servers[kind], [], {
      env: { PRICECTL_PRICES: join(folder, 'prices.txt'), PRICECTL_SOCKET: join(folder, 's'), PRICECTL_PORT: '0', ...env },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const server = new ServerProcess(child, folder);
    let hasExited = false;
    void server.exit.then(() => (hasExited = true));
    await until(() => hasExited || server.lines.some((line) => line.includes('ready: ')));
    return server;
  }

  /** The port that its log names. */
  get port(): number {
    return Number(/ on http:\/\/127\.0\.0\.1:(\d+)/.exec(this.lines[0] ?? '')?.[1]);
  }

  /** Its Unix socket. */
  get socket(): string {
    return join(this.folder, 's');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exit;
    await rm(this.folder, { recursive: true });
  }
}

/** The parent's part of the handover: a listening port whose connections go to the first of the servers that takes any. */
export async function startParent(servers: readonly ServerProcess[]) {
  const state = { takers: [...servers], accepted: 0, sent: 0 };
  const waiting = new Map<number, Socket>();
  const listener = createServer({ pauseOnConnect: true }, (connection) => {
    state.sent += 1;
    waiting.set(state.sent, connection);
    connection.on('error', () => {});
    state.takers[0]?.child.send({ type: 'connection', id: state.sent }, connection, { keepOpen: true });
  });
  for (const server of servers) {
    server.child.on('message', (message: { readonly type: string; readonly id?: number }) => {
      if (message.type === 'accepted') {
        state.accepted += 1;
        waiting.get(message.id ?? 0)?.destroy();
      }
      if (message.type === 'draining') {
        state.takers = state.takers.filter((other) => other !== server);
        server.child.send({ type: 'no-more-connections' });
      }
    });
  }
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  return {
    state,
    port: typeof address === 'object' && address !== null ? address.port : 0,
    [Symbol.dispose]: () => void listener.close(),
  };
}
