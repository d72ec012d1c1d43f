import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';

/**
 * A small server that keeps to the replica's part of `replica-protocol.ts`, for tests of what is around it. PRICECTL_TEST_SERVER makes it
 * misbehave: `stuck` ignores SIGTERM, `mute` never gets ready.
 */
const { PRICECTL_PRICES = '', PRICECTL_SOCKET = '', PRICECTL_TEST_SERVER = '' } = process.env;
const text = readFileSync(PRICECTL_PRICES, 'utf8');
const bad = text.split('\n').findIndex((line) => line !== '' && !/^[^,]+,[\d.]+$/.test(line));
if (bad !== -1) {
  process.stderr.write(`prices: line ${bad + 1}: not a price\n`);
  process.exit(6);
}
const prices = new Map(text.split('\n').map((line) => [line.split(',')[0] ?? '', line.split(',')[1] ?? '']));
const sha256 = createHash('sha256').update(text).digest('hex');
const connections = new Set<Socket>();
let requests = 0;
let isDraining = false;
let mayEnd = false;

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (isDraining) response.setHeader('connection', 'close');
  switch (url.pathname) {
    case '/price':
      requests += 1;
      return response.writeHead(prices.has(url.searchParams.get('product_id') ?? '') ? 200 : 404).end(prices.get(url.searchParams.get('product_id') ?? ''));
    case '/readyz':
      return response.writeHead(isDraining || PRICECTL_TEST_SERVER === 'mute' ? 503 : 200).end();
    case '/version':
      return response.end(JSON.stringify({ pid: process.pid, prices: { rows: prices.size, bytes: text.length, sha256 } }));
    case '/metrics': {
      const { user, system } = process.cpuUsage();
      return response.end(
        `process_cpu_seconds_total ${(user + system) / 1e6}\nprocess_resident_memory_bytes ${process.memoryUsage.rss()}\n` +
          `http_requests_total{method="GET",route="/price",code="200"} ${requests}\n`,
      );
    }
    case '/burn':
      for (const end = Date.now() + 50; Date.now() < end; );
      return response.end();
    default:
      return response.writeHead(404).end();
  }
});
server.keepAliveTimeout = 0;
const side = createServer((request, response) => server.emit('request', request, response));
side.listen(PRICECTL_SOCKET);

function endWhenQuiet(): void {
  if (mayEnd && connections.size === 0) process.exit(0);
}

process.on('message', (message: { type: string; id?: number }, socket: Socket | undefined) => {
  if (message.type === 'no-more-connections') {
    mayEnd = true;
    endWhenQuiet();
  }
  if (message.type !== 'connection' || socket === undefined) return;
  process.send?.({ type: 'accepted', id: message.id });
  connections.add(socket);
  socket.on('error', () => {});
  socket.once('close', () => {
    connections.delete(socket);
    endWhenQuiet();
  });
  server.emit('connection', socket);
});
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => {
  if (PRICECTL_TEST_SERVER === 'stuck' || isDraining) return;
  isDraining = true;
  process.send?.({ type: 'draining' });
  setTimeout(() => process.exit(0), 15_000).unref();
});
