import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { downloadLimits, downloadPrices, type DownloadOptions } from './download.ts';
import { startRawServer, startServer } from './price-server.fixture.ts';
import { activeResources, listOf } from './prices.fixture.ts';

const list = 'a,1\nb,2\n';
const { signal } = new AbortController();
const limits = { ...downloadLimits, idleMs: 60_000 };

async function download(url: URL, options: Partial<DownloadOptions> = {}): Promise<string> {
  const result = await downloadPrices(url, { signal, limits, ...options });
  return result.kind === 'body' ? Buffer.from(result.bytes).toString() : result.kind;
}

/** Downloads from a server that answers so. */
async function downloadFrom(answer: (request: IncomingMessage, response: ServerResponse) => void, options: Partial<DownloadOptions> = {}): Promise<string> {
  await using server = await startServer(answer);
  return await download(server.url, options);
}

/** Downloads from a server that sends these bytes. */
async function downloadRaw(answer: string, then: (socket: Socket) => void = (socket) => socket.end(), options: Partial<DownloadOptions> = {}): Promise<string> {
  await using server = await startRawServer(answer, then);
  return await download(server.url, options);
}

const failsWith = (code: string, details: object = {}) => expect.objectContaining({ name: 'PricesDownloadError', kind: 'environment', code, ...details });

test('downloads a body of known length, and one in chunks', async () => {
  expect(await downloadFrom((_, response) => response.end(list))).toBe(list);
  expect(
    await downloadFrom((_, response) => {
      response.write('a,1\nb');
      response.end(',2\n');
    }),
  ).toBe(list);
  const long = listOf(1_000_000);
  expect(await downloadFrom((_, response) => response.end(long))).toBe(long);
});

test('asks with credentials, query, and for gzip', async () => {
  await using server = await startServer((_, response) => response.end(list));
  await download(server.url);
  const [request] = server.requests;
  expect(request).toMatchObject({ method: 'GET', url: '/prices.txt?token=secret' });
  expect(request?.headers).toMatchObject({ authorization: `Basic ${btoa('user:secret')}`, 'accept-encoding': 'gzip' });
  expect(request?.headers['if-none-match']).toBeUndefined();
});

test('takes a body in gzip, and no other encoding', async () => {
  const encoded = (encoding: string) => (_: IncomingMessage, response: ServerResponse) => response.setHeader('content-encoding', encoding).end(gzipSync(list));
  expect(await downloadFrom(encoded('gzip'))).toBe(list);
  expect(await downloadFrom(encoded('GZIP'))).toBe(list);
  for (const encoding of ['br', 'deflate', 'zstd', 'gzip, gzip']) {
    await expect(downloadFrom(encoded(encoding))).rejects.toThrow(failsWith('PRICECTL_E_PRICES_CONTENT', { isTransient: false }));
  }
});

test('sends the validator, and understands that nothing changed', async () => {
  await using server = await startServer((request, response) => {
    response.setHeader('etag', '"1"').writeHead(request.headers['if-none-match'] === '"1"' ? 304 : 200).end(list);
  });
  const first = await downloadPrices(server.url, { signal });
  expect(first).toMatchObject({ kind: 'body', validator: { header: 'if-none-match', value: '"1"' } });
  expect(await download(server.url, { validator: first.kind === 'body' ? first.validator : undefined })).toBe('not-modified');
  expect(await download(server.url, { validator: { header: 'if-none-match', value: '"2"' } })).toBe(list);
});

test('follows redirects', async () => {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '';
    if (path === '/here') response.end(list);
    else response.writeHead(path.startsWith('/prices.txt') ? 302 : 308, { location: path.startsWith('/prices.txt') ? 'there' : '/here' }).end('elsewhere');
  };
  expect(await downloadFrom(answer)).toBe(list);
});

test('keeps credentials from where a redirect leads', async () => {
  await using other = await startServer((_, response) => response.end(list));
  const location = new URL('/x', other.url);
  location.username = '';
  location.password = '';
  expect(await downloadFrom((_, response) => response.writeHead(307, { location: location.href }).end())).toBe(list);
  expect(other.requests[0]?.headers.authorization).toBeUndefined();
});

test.each([
  ['nowhere', {}],
  ['an empty place', { location: 'http://' }],
  ['a file', { location: 'file:///etc/passwd' }],
  ['itself', { location: '/prices.txt' }],
])('does not follow a redirect to %s', async (_, headers) => {
  const answer = (_request: IncomingMessage, response: ServerResponse) => response.writeHead(301, headers).end();
  await expect(downloadFrom(answer)).rejects.toThrow(failsWith('PRICECTL_E_PRICES_REDIRECT', { isTransient: false }));
});

test.each([
  [204, false],
  [206, false],
  [304, false],
  [400, false],
  [401, false],
  [404, false],
  [408, true],
  [410, false],
  [429, true],
  [500, true],
  [503, true],
])('takes status %i for a failure that may pass: %j', async (status, isTransient) => {
  const answer = (_: IncomingMessage, response: ServerResponse) => response.writeHead(status, { 'retry-after': '7' }).end();
  await expect(downloadFrom(answer)).rejects.toThrow(failsWith('PRICECTL_E_PRICES_STATUS', { isTransient, retryAfterMs: 7_000 }));
});

test.each(['text/html', 'Text/HTML; charset=utf-8', 'application/xhtml+xml'])('refuses a page of type %s', async (type) => {
  const answer = (_: IncomingMessage, response: ServerResponse) => response.setHeader('content-type', type).end(list);
  await expect(downloadFrom(answer)).rejects.toThrow(failsWith('PRICECTL_E_PRICES_CONTENT'));
});

const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n';
const destroy = (socket: Socket) => socket.resetAndDestroy();
const end = (socket: Socket) => socket.end();

test.each<[string, string, (socket: Socket) => void]>([
  ['less than its Content-Length', `${head}Content-Length: 100\r\n\r\n${list}`, end],
  ['less than its Content-Length and a reset', `${head}Content-Length: 100\r\n\r\n${list}`, destroy],
  ['chunks without the last one', `${head}Transfer-Encoding: chunked\r\n\r\n8\r\n${list}\r\n`, end],
  ['half a chunk', `${head}Transfer-Encoding: chunked\r\n\r\n64\r\n${list}`, end],
  ['a chunk of no length', `${head}Transfer-Encoding: chunked\r\n\r\n8\r\n${list}\r\nzz\r\n\r\n`, end],
  ['no body', `${head}Content-Length: 100\r\n\r\n`, end],
])('takes a body of %s for cut off', async (_, answer, then) => {
  await expect(downloadRaw(answer, then)).rejects.toThrow(failsWith('PRICECTL_E_PRICES_CUT_OFF', { isTransient: true }));
});

test('takes gzip without its end for cut off, and gzip that is damaged', async () => {
  const packed = gzipSync(listOf(1_000));
  const damaged = Buffer.from(packed);
  damaged.writeUInt32LE(0, packed.length - 8);
  for (const body of [packed.subarray(0, -9), packed.subarray(0, -1), damaged, packed.subarray(0, 5), Buffer.from('a,1\n')]) {
    const answer = (_: IncomingMessage, response: ServerResponse) => response.setHeader('content-encoding', 'gzip').end(body);
    await expect(downloadFrom(answer)).rejects.toThrow(failsWith('PRICECTL_E_PRICES_CUT_OFF', { isTransient: true }));
  }
});

test('refuses a body whose end is that of the connection', async () => {
  await expect(downloadRaw(`${head}\r\n${list}`)).rejects.toThrow(failsWith('PRICECTL_E_PRICES_CONTENT'));
  await expect(downloadRaw(`HTTP/1.0 200 OK\r\n\r\n${list}`)).rejects.toThrow(failsWith('PRICECTL_E_PRICES_CONTENT'));
});

test.each(['', 'Connection: close\r\n'])('refuses a body that goes on behind its Content-Length, with the header %j', async (header) => {
  // Else this would be a price of 2.
  await expect(downloadRaw(`${head}${header}Content-Length: 7\r\n\r\na,1\nb,25\n`)).rejects.toThrow(failsWith('PRICECTL_E_PRICES_CUT_OFF'));
});

test.each([
  ['SMTP', '220 mail.example.com ESMTP\r\n'],
  ['two lengths', `${head}Content-Length: 8\r\nContent-Length: 9\r\n\r\n${list}`],
  ['nothing', ''],
])('refuses %s as an answer', async (_, answer) => {
  await expect(downloadRaw(answer)).rejects.toThrow(failsWith('PRICECTL_E_PRICES_UNREACHABLE', { isTransient: true }));
});

test('refuses more than the limit, by its length and by what comes', async () => {
  const options = { limits: { ...limits, mostBytes: 7 } };
  const tooLarge = expect.objectContaining({ name: 'PricesInvalidError', line: null });
  const answers: ((request: IncomingMessage, response: ServerResponse) => void)[] = [
    (_, response) => response.end(list),
    (_, response) => {
      response.write(list);
      response.end();
    },
    (_, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync(list.repeat(1_000))),
  ];
  for (const answer of answers) await expect(downloadFrom(answer, options)).rejects.toThrow(tooLarge);
});

test('refuses more than the limit before it comes', async () => {
  await expect(downloadRaw(`${head}Content-Length: 4294967297\r\n\r\n`, () => {})).rejects.toThrow(expect.objectContaining({ name: 'PricesInvalidError' }));
});

test('leaves a body alone that is larger than wanted, whether or not its length is told', async () => {
  const answers: ((request: IncomingMessage, response: ServerResponse) => void)[] = [
    (_, response) => response.setHeader('etag', '"1"').end(list),
    (_, response) => {
      response.setHeader('etag', '"1"').write(list);
      response.end();
    },
    (_, response) => response.setHeader('etag', '"1"').setHeader('content-encoding', 'gzip').end(gzipSync(list)),
  ];
  for (const answer of answers) {
    await using server = await startServer(answer);
    const validator = { header: 'if-none-match', value: '"1"' };
    expect(await downloadPrices(server.url, { signal, wantedBytes: 7 })).toEqual({ kind: 'large', validator });
    expect(await downloadPrices(server.url, { signal, wantedBytes: 8 })).toMatchObject({ kind: 'body', validator });
  }
  expect(await downloadRaw(`${head}Content-Length: 100\r\n\r\n`, () => {}, { wantedBytes: 7 })).toBe('large');
});

test('closes the connection of an answer that it does not want', async () => {
  const closed = Promise.withResolvers<void>();
  const watch = (socket: Socket) => socket.on('close', () => closed.resolve());
  await using server = await startRawServer(`HTTP/1.1 404 Not Found\r\nContent-Length: 1000000\r\n\r\n`, watch);
  await expect(download(server.url)).rejects.toThrow(failsWith('PRICECTL_E_PRICES_STATUS'));
  await closed.promise;
});

test('says that nobody listens, and that there is no such host, without secrets', async () => {
  const { url } = await startServer(() => {}).then(async (server) => {
    await server[Symbol.asyncDispose]();
    return server;
  });
  const refused = await download(url).catch((error: unknown) => error);
  expect(refused).toEqual(failsWith('PRICECTL_E_PRICES_UNREACHABLE', { isTransient: true }));
  expect(String(refused)).not.toContain('secret');
  await expect(download(new URL('http://no.such.host.invalid/'))).rejects.toThrow(failsWith('PRICECTL_E_PRICES_UNREACHABLE'));
});

test.each<[string, string]>([
  ['before its answer', ''],
  ['in its header', 'HTTP/1.1 200 OK\r\n'],
  ['in its body', `${head}Content-Length: 100\r\n\r\n${list}`],
])('gives up on a server that falls silent %s', async (_, answer) => {
  await expect(downloadRaw(answer, () => {}, { limits: { ...limits, idleMs: 50 } })).rejects.toThrow(failsWith('PRICECTL_E_PRICES_SLOW', { isTransient: true }));
  await vi.waitFor(() => expect(activeResources()).toEqual([]));
});

/** Sends a digit now and then. */
function trickle(socket: Socket): void {
  const timer = setInterval(() => socket.write('0'), 5);
  socket.on('close', () => clearInterval(timer));
}

test('gives up on a server that sends a byte at a time', async () => {
  const slow = downloadRaw(`${head}Content-Length: 1000000\r\n\r\n`, trickle, { limits: { ...limits, idleMs: 60_000, totalMs: 100 } });
  await expect(slow).rejects.toThrow(failsWith('PRICECTL_E_PRICES_SLOW'));
});

test.each<[string, string]>([
  ['before the answer', ''],
  ['in the header', 'HTTP/1.1 200 OK\r\n'],
  ['in the body', `${head}Content-Length: 100\r\n\r\n${list}`],
  ['in a gzip body', `${head}Content-Length: 100\r\nContent-Encoding: gzip\r\n\r\n`],
])('ends at once when it is aborted %s', async (_, answer) => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const aborted = downloadRaw(answer, () => setImmediate(() => controller.abort(reason)), { signal: controller.signal });
  await expect(aborted).rejects.toBe(reason);
  await vi.waitFor(() => expect(activeResources()).toEqual([]));
  await expect(download(new URL('http://127.0.0.1:1/'), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
