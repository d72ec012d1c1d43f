import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createHttpClient, getJson } from './http.ts';

const client = createHttpClient();
const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function listen(server: Server | TcpServer, path?: string): Promise<string> {
  await new Promise<void>((resolve) => (path === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(path, resolve)));
  cleanUps.push(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : 'http://localhost';
}

function serve(listener: RequestListener, path?: string): Promise<string> {
  return listen(createServer(listener), path);
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl-http-'));
  cleanUps.push(() => rm(folder, { recursive: true }));
  return folder;
}

test('method, headers and body go out, status, headers and body come back', async () => {
  const url = await serve((request, response) => {
    const own = String(request.headers['x-own']);
    response.writeHead(418, { 'x-seen': `${request.method} ${request.url} ${own}` });
    request.pipe(response);
  });
  const answer = await client.request(`${url}/a?b=c`, { method: 'PUT', headers: { 'x-own': '1' }, body: 'ß', timeoutMs: 5_000 });
  expect(answer).toMatchObject({ status: 418, body: 'ß', headers: { 'x-seen': 'PUT /a?b=c 1' } });
});

test('a unix socket is asked instead of a port', async () => {
  const socketPath = join(await temporaryFolder(), 's');
  await serve((request, response) => response.end(JSON.stringify({ path: request.url })), socketPath);
  expect(await getJson(client, 'http://localhost/version', { socketPath, timeoutMs: 5_000 })).toEqual({ path: '/version' });
});

test('nobody at the port and a missing socket are told as unreachable', async () => {
  const server = createServer();
  const url = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  await expect(client.request(url, { timeoutMs: 5_000 })).rejects.toMatchObject({ code: 'PRICECTL_E_UNREACHABLE', kind: 'environment' });
  const socketPath = join(await temporaryFolder(), 'none');
  await expect(client.request('http://localhost/', { socketPath, timeoutMs: 5_000 })).rejects.toMatchObject({ code: 'PRICECTL_E_UNREACHABLE' });
});

test.skipIf(process.getuid?.() === 0)('a socket that is not ours to use is told as unreachable', async () => {
  const socketPath = join(await temporaryFolder(), 's');
  await serve((_request, response) => response.end(), socketPath);
  await chmod(socketPath, 0o000);
  await expect(client.request('http://localhost/', { socketPath, timeoutMs: 5_000 })).rejects.toMatchObject({ code: 'PRICECTL_E_UNREACHABLE' });
});

test('no answer in time is a time-out, also when only the body hangs', async () => {
  const silent = await serve(() => {});
  await expect(client.request(silent, { timeoutMs: 30 })).rejects.toMatchObject({ code: 'PRICECTL_E_HTTP_TIMEOUT', kind: 'timeout' });
  const slow = await serve((_request, response) => response.write('first'));
  await expect(client.request(slow, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'PRICECTL_E_HTTP_TIMEOUT' });
});

test('an abort ends the request with its reason, before it, while waiting and within the body', async () => {
  const reason = new Error('enough');
  await expect(client.request('http://127.0.0.1:9', { timeoutMs: 5_000, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  for (const start of ['', 'first']) {
    const stop = new AbortController();
    const url = await serve((_request, response) => {
      if (start !== '') response.write(start);
      setImmediate(() => stop.abort(reason));
    });
    await expect(client.request(url, { timeoutMs: 5_000, signal: stop.signal })).rejects.toBe(reason);
  }
});

test('a cut answer, garbage and a body beyond the limit are told as broken', async () => {
  const cut = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': '10' });
    response.write('12345', () => response.destroy());
  });
  await expect(client.request(cut, { timeoutMs: 5_000 })).rejects.toMatchObject({ code: 'PRICECTL_E_HTTP_BROKEN', kind: 'tool' });
  const garbage = await listen(createTcpServer((socket) => socket.end('SSH-2.0\r\n\r\n')));
  await expect(client.request(garbage, { timeoutMs: 5_000 })).rejects.toMatchObject({ code: 'PRICECTL_E_HTTP_BROKEN' });
  const large = await serve((_request, response) => response.end('x'.repeat(101)));
  await expect(client.request(large, { timeoutMs: 5_000, maxBytes: 100 })).rejects.toMatchObject({ code: 'PRICECTL_E_HTTP_BROKEN' });
  expect(await client.request(large, { timeoutMs: 5_000, maxBytes: 101 })).toMatchObject({ status: 200 });
});

test('what should be JSON with status 200 and is not, is an error', async () => {
  const failing = await serve((_request, response) => response.writeHead(503).end('{}'));
  await expect(getJson(client, failing, { timeoutMs: 5_000 })).rejects.toMatchObject({ code: 'PRICECTL_E_HTTP_STATUS' });
  const plain = await serve((_request, response) => response.end('ready'));
  await expect(getJson(client, plain, { timeoutMs: 5_000 })).rejects.toMatchObject({ code: 'PRICECTL_E_HTTP_BROKEN' });
});
