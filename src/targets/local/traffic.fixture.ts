import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What came of the requests of a test. */
export interface TrafficResult {
  readonly requests: number;
  /** One text for each request without a whole and right answer. None was sent again. */
  readonly failures: readonly string[];
  /** The different bodies that came. */
  readonly bodies: ReadonlySet<string>;
}

/** Clients that ask for a price again and again. */
export interface Traffic {
  readonly port: number;
  /** Requests that were answered so far. */
  readonly answered: () => number;
  stop(): Promise<TrafficResult>;
}

/** One answer. */
interface Answer {
  readonly status: number;
  readonly body: string;
  readonly isLast: boolean;
}

/** Starts clients on 127.0.0.1: some keep their connection until the server says that it closes, some make one for each request. */
export function startTraffic(port: number, clients: { readonly keepAlive: number; readonly perRequest: number }): Traffic {
  const failures: string[] = [];
  const bodies = new Set<string>();
  const stop = new AbortController();
  let requests = 0;
  const run = async (keepsAlive: boolean) => {
    let socket: Socket | undefined;
    while (!stop.signal.aborted) {
      try {
        socket ??= await open(port);
        const answer = await ask(socket, keepsAlive);
        requests += 1;
        bodies.add(answer.body);
        if (answer.status !== 200) failures.push(`status ${answer.status}`);
        if (answer.isLast || !keepsAlive) {
          socket.destroy();
          socket = undefined;
        }
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
        socket?.destroy();
        socket = undefined;
      }
      await delay(8);
    }
    socket?.destroy();
  };
  const running = [...Array.from({ length: clients.keepAlive }, () => run(true)), ...Array.from({ length: clients.perRequest }, () => run(false))];
  return {
    port,
    answered: () => requests,
    async stop() {
      stop.abort();
      await Promise.all(running);
      return { requests, failures, bodies };
    },
  };
}

/** Asks once, on a connection of its own. */
export async function askOnce(port: number, path = '/price?product_id=P124'): Promise<Answer> {
  const socket = await open(port);
  try {
    return await ask(socket, false, path);
  } finally {
    socket.destroy();
  }
}

/** Connects to the port. */
export function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

/** Sends one request and reads its answer; rejects when the connection ended before, or ends before the answer is whole. */
export function ask(socket: Socket, keepsAlive: boolean, path = '/price?product_id=P124'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (socket.destroyed) return reject(new Error('closed between two requests'));
    let received = '';
    const finish = (settle: () => void) => {
      socket.removeAllListeners();
      socket.on('error', () => {});
      settle();
    };
    socket.on('data', (chunk) => {
      received += chunk.toString();
      const answer = parse(received);
      if (answer !== undefined) finish(() => resolve(answer));
    });
    socket.on('error', (error) => finish(() => reject(error)));
    socket.on('close', () => finish(() => reject(new Error(`closed after ${received.length} bytes`))));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${keepsAlive ? '' : 'Connection: close\r\n'}\r\n`);
  });
}

function parse(received: string): Answer | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const head = received.slice(0, end);
  const rest = received.slice(end + 4);
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  const body = length === undefined ? dechunk(rest) : rest.length >= Number(length) ? rest.slice(0, Number(length)) : undefined;
  if (body === undefined) return undefined;
  return { status: Number(head.split(' ')[1]), body, isLast: /^connection: close/im.test(head) };
}

/** The content of chunks, undefined while the last is missing. */
function dechunk(text: string): string | undefined {
  if (!text.endsWith('0\r\n\r\n')) return undefined;
  return text.split('\r\n').filter((_, index) => index % 2 === 1).join('');
}
