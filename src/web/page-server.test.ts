import { once } from 'node:events';
import { get, request } from 'node:http';
import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import type { LiveEvent } from './event-streams.ts';
import { type PageServer, startPageServer } from './page-server.ts';

const token = 'secret';
const event = (number: number): LiveEvent => ({ id: `s-${number}`, name: 'moments', data: `{"n":${number}}` });

function startServer(backlog: (lastEventId: string | undefined) => readonly LiveEvent[] = () => []): Promise<PageServer> {
  const files = new Map([['', { type: 'text/html; charset=utf-8', body: Buffer.from('<p>page') }]]);
  return startPageServer({ files, token, port: 0, backlog });
}

/** A stream as a browser opens it. */
function openStream(server: PageServer, headers: Readonly<Record<string, string>> = {}) {
  const chunks: string[] = [];
  const asked = get(`${server.url}events`, { headers, agent: false });
  const ended = Promise.withResolvers<void>();
  asked.on('error', () => ended.resolve());
  asked.on('response', (response) => {
    response.on('data', (chunk: Buffer) => void chunks.push(chunk.toString()));
    response.on('close', () => ended.resolve());
    response.on('error', () => {});
  });
  return { text: () => chunks.join(''), ended: ended.promise, destroy: () => asked.destroy(), status: new Promise<number | undefined>((resolve) => asked.on('response', ({ statusCode }) => resolve(statusCode))) };
}

/** Headers of every answer, refusals too. */
const guarding = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' };

test('the page comes with headers that let it load nothing else, and nobody keep it', async () => {
  await using server = await startServer();
  const response = await fetch(server.url);
  expect(await response.text()).toBe('<p>page');
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'content-type': 'text/html; charset=utf-8',
    ...guarding,
  });
  expect(response.headers.get('set-cookie')).toBeNull();
});

test.each([
  ['without the token', '/', {}, 403],
  ['under a foreign host', '/secret/', { host: 'evil.example' }, 403],
  ['for a foreign page', '/secret/events', { origin: 'http://evil.example' }, 403],
  ['for a file that it has not', '/secret/nothing', {}, 404],
])('%s there is nothing', async (_what, path, headers, status) => {
  await using server = await startServer();
  const asked = get(new URL(path, server.url), { headers });
  const [response] = await once(asked, 'response');
  response.resume();
  expect(response.statusCode).toBe(status);
  expect(response.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': expect.stringContaining("frame-ancestors 'none'"), ...guarding });
});

test('it can only be read, and a HEAD has no body', async () => {
  await using server = await startServer();
  const posted = await fetch(server.url, { method: 'POST', body: 'x' });
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  const asked = request(server.url, { method: 'HEAD' }).end();
  const [response] = await once(asked, 'response');
  response.resume();
  expect([response.statusCode, response.headers['content-length']]).toEqual([200, '7']);
});

test('a stream tells what was missed, then what happens', async () => {
  const asked: (string | undefined)[] = [];
  await using server = await startServer((lastId) => {
    asked.push(lastId);
    return [event(7)];
  });
  const stream = openStream(server, { 'last-event-id': 's-6' });
  await vi.waitFor(() => expect(stream.text()).toBe('retry: 2000\n\nid: s-7\nevent: moments\ndata: {"n":7}\n\n'));
  server.publish(event(8));
  await vi.waitFor(() => expect(stream.text()).toMatch(/id: s-8\nevent: moments\ndata: \{"n":8\}\n\n$/));
  expect(asked).toEqual(['s-6']);
});

test('there are 16 streams at most, and one that leaves makes room', async () => {
  await using server = await startServer();
  const streams = Array.from({ length: 16 }, () => openStream(server));
  expect(new Set(await Promise.all(streams.map(({ status }) => status)))).toEqual(new Set([200]));
  expect(await openStream(server).status).toBe(503);
  streams[0]?.destroy();
  await vi.waitFor(async () => expect(await openStream(server).status).toBe(200));
});

test('a browser that takes nothing is let go', async () => {
  await using server = await startServer();
  const { port, pathname } = new URL(server.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`GET ${pathname}events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await once(socket, 'readable');
  const closed = once(socket, 'close');
  const big = { ...event(1), data: 'x'.repeat(2 ** 20) };
  for (let sent = 0; sent < 64; sent += 1) {
    server.publish(big);
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.resume();
  expect(await closed).toEqual([expect.any(Boolean)]);
});

test('its end says good-bye and leaves no connection, not even an idle one', async () => {
  const server = await startServer();
  const stream = openStream(server);
  await stream.status;
  const idle = connect(Number(new URL(server.url).port), '127.0.0.1');
  idle.on('error', () => {});
  await once(idle, 'connect');
  const idleClosed = once(idle, 'close');
  await server[Symbol.asyncDispose]();
  await Promise.all([stream.ended, idleClosed]);
  expect(stream.text()).toMatch(/event: end\ndata:\n\n$/);
  await expect(fetch(server.url)).rejects.toThrow('fetch failed');
});

test('a port that is taken is told', async () => {
  await using server = await startServer();
  const port = Number(new URL(server.url).port);
  await expect(startPageServer({ files: new Map(), token, port, backlog: () => [] })).rejects.toMatchObject({ code: 'PRICECTL_E_FILE_EADDRINUSE' });
});
