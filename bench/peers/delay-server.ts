// Answers after a known delay: 1 to 11 ms, few of them long. `/truth` tells the sorted times from reading a request to having written its
// response, in ms, by this process's own clock, and begins anew: what a client finds beyond them is the way of the bytes, and itself.
// It never sleeps, so that neither timers nor waking up are in the figures: it takes a whole core.
import { createServer, type Socket } from 'node:net';

interface Pending {
  readonly socket: Socket;
  readonly readAt: number;
  readonly dueAt: number;
}

const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n';
let pending: Pending[] = [];
let times: number[] = [];
let seed = 1;

/** 0 .. 1, the same in every run (Park and Miller, CACM 31 (10), 1988). */
function random(): number {
  seed = (seed * 16_807) % 2_147_483_647;
  return seed / 2_147_483_647;
}

function take(socket: Socket, request: string): void {
  const readAt = performance.now();
  if (!request.startsWith('GET /truth')) {
    pending.push({ socket, readAt, dueAt: readAt + 1 + 10 * random() ** 4 });
    return;
  }
  const body = JSON.stringify(times.toSorted((a, b) => a - b));
  [times, seed] = [[], 1];
  socket.write(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function answerDue(): void {
  const now = performance.now();
  if (pending.some(({ dueAt }) => dueAt <= now)) {
    for (const { socket, readAt, dueAt } of pending) {
      if (dueAt > now) continue;
      socket.write(`${head}Content-Length: 4\r\n\r\n49.5`);
      times.push(performance.now() - readAt);
    }
    pending = pending.filter(({ dueAt }) => dueAt > now);
  }
  setImmediate(answerDue);
}

const server = createServer({ noDelay: true }, (socket) => {
  socket.setEncoding('latin1').on('data', (request: string) => take(socket, request)).on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => console.log(`127.0.0.1:${Object(server.address()).port}`));
answerDue();
