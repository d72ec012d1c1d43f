import { expect, test } from 'vitest';
import { RawClient, requestOf } from '../../src/server/raw-client.fixture.ts';
import { expectNothingStays, expectOthersServed, WatchedServer } from './watched-server.ts';

/** What a client sends, and the statuses that it must get; behind the last one the server must close, unless `stays`. */
interface Shape {
  readonly bytes: string;
  readonly statuses: readonly number[];
  readonly stays?: true;
  readonly body?: string;
  readonly method?: string;
}

const price = requestOf('GET', '/price?product_id=P124');
/** A request that must not be seen: nobody sends it, it lies in the body of another. */
const smuggled = 'GET /price?product_id=SMUGGLED HTTP/1.1\r\nHost: h\r\n\r\n';
const post = 'POST /prices HTTP/1.1\r\nHost: h\r\n';

const refused = (bytes: string, status = 400): Shape => ({ bytes, statuses: [status] });
const answered = (bytes: string, ...statuses: readonly number[]): Shape => ({ bytes, statuses, stays: true });

const framings = [
  'Content-Length: 4\r\nTransfer-Encoding: chunked', 'Transfer-Encoding: chunked\r\nContent-Length: 4', 'Content-Length: 0\r\nContent-Length: 4', 'Content-Length: 4\r\nContent-Length: 4',
  'Content-Length: 4, 4', 'Content-Length: +4', 'Content-Length: -4', 'Content-Length: 0x4', 'Content-Length: 4 4', 'Content-Length: 99999999999999999999', 'Content-Length: ', 'Content-Length : 4',
  'Transfer-Encoding : chunked', 'Transfer-Encoding: xchunked', 'Transfer-Encoding: chunked, identity', 'Transfer-Encoding: identity', 'Transfer-Encoding: \x0bchunked', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: x',
  'Transfer-Encoding: gzip, x', 'X: y\r\n Content-Length: 4', 'X: y\r\n\tTransfer-Encoding: chunked', 'X: y\rContent-Length: 4', 'X: y\nContent-Length: 4', 'X\0: y', 'X: \0', ' X: y', ': y', 'X', 'Transfer-Encoding:\r\n chunked',
];

const smugglings: Readonly<Record<string, Shape>> = {
  ...Object.fromEntries(framings.map((framing) => [JSON.stringify(framing), refused(`${post}${framing}\r\n\r\n0\r\n\r\n${smuggled}`)])),
  'lines that end with LF': refused(`GET /price?product_id=P124 HTTP/1.1\nHost: h\n\n${smuggled}`),
  'a head that ends with LF': refused(`GET /price?product_id=P124 HTTP/1.1\r\nHost: h\r\n\n${smuggled}`),
  'a chunk that ends with LF': refused(`${post}Transfer-Encoding: chunked\r\n\r\n1\n{\n0\n\n${smuggled}`),
  'a chunk longer than it says': refused(`${post}Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n${smuggled}`),
  'a size of a chunk with a sign': refused(`${post}Transfer-Encoding: chunked\r\n\r\n-1\r\n{\r\n0\r\n\r\n${smuggled}`),
  'a size of a chunk that overflows': refused(`${post}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{\r\n0\r\n\r\n${smuggled}`),
  'chunked in HTTP/1.0 behind a length': refused(`POST /prices HTTP/1.0\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`),
  'a request in the body of a GET': answered(`GET /price?product_id=P124 HTTP/1.1\r\nHost: h\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}${price}`, 200, 200),
  'a request in a chunk': answered(`${post}Transfer-Encoding: chunked\r\n\r\n${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n${price}`, 400, 200),
  'a request in the body of a wrong path': answered(`POST /nowhere HTTP/1.1\r\nHost: h\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}${price}`, 404, 200),
  'a request in a header': answered(`GET /price?product_id=P124 HTTP/1.1\r\nHost: h\r\nX: ${smuggled.replaceAll('\r\n', '%0d%0a')}\r\n\r\n${price}`, 200, 200),
};

const list = 'P124,49.5\n__proto__,1.10\n%C0%AF,2\nü,3.00\n';
const get = (url: string, ...statuses: readonly number[]): Shape => answered(requestOf('GET', url), ...statuses);
const priceOf = (id: string, body: string): Shape => ({ ...get(`/price?product_id=${id}`, 200), body });

const oddities: Readonly<Record<string, Shape>> = {
  ...Object.fromEntries(['%', '%z', '%4', '%C0%AF', '%C3', '%ED%A0%80', '%F4%90%80%80', '%F8%88%80%80%80', '%FF', 'a%00%zz'].map((id) => [`the id ${id}`, get(`/price?product_id=${id}`, 400)])),
  ...Object.fromEntries(['constructor', 'toString', 'hasOwnProperty', 'valueOf', '%00', '%0D%0AX:%20y', '__proto__%00', 'P124%00', 'P124%0A', '%EF%BB%BFP124'].map((id) => [`the id ${id}`, get(`/price?product_id=${id}`, 404)])),
  'the id __proto__ of the list': priceOf('__proto__', '1.10'),
  'an id of the list that looks like an overlong form': priceOf('%25C0%25AF', '2'),
  'an id beyond ASCII': priceOf('%C3%BC', '3.00'),
  'NUL in a URL': refused(requestOf('GET', '/price?product_id=P124\0')),
  'a raw byte in a URL': refused(requestOf('GET', '/price?product_id=\xfc')),
  'a URL of 8,193 bytes': get('/price?product_id='.padEnd(8_193, 'x'), 414),
  'a URL of 64 kB': refused(requestOf('GET', '/price?product_id='.padEnd(65_536, 'x')), 431),
  'a header of 64 kB': refused(requestOf('GET', '/price?product_id=P124', [`X: ${'x'.repeat(65_536)}`]), 431),
  'a header whose name is of 64 kB': refused(requestOf('GET', '/price?product_id=P124', [`${'x'.repeat(65_536)}: x`]), 431),
  '900 headers': { ...answered(requestOf('GET', '/price?product_id=P124', Array.from({ length: 900 }, () => 'a:b')), 200), body: '49.5' },
  '30,000 headers': refused(requestOf('GET', '/price?product_id=P124', Array.from({ length: 30_000 }, () => 'a:b')), 431),
  '1,000 requests at once': answered(price.repeat(1_000), ...Array.from({ length: 1_000 }, () => 200)),
  'requests behind one that is refused': refused(`nonsense\r\n\r\n${price}${price}`),
  ...Object.fromEntries(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH', 'PROPFIND', 'QUERY'].map((method) => [`${method} /price`, answered(requestOf(method, '/price?product_id=P124', ['X-Secret: s']), 405)])),
  'a method that nobody knows': refused(requestOf('BREW', '/price?product_id=P124')),
  'a method in small letters': refused(requestOf('get', '/price?product_id=P124')),
  'CONNECT to another host': refused(requestOf('CONNECT', 'example.com:443'), 405),
  'CONNECT to a path': refused(requestOf('CONNECT', '/price?product_id=P124'), 405),
  'a URL in absolute form': { ...get('http://other.example/price?product_id=P124', 200), body: '49.5' },
  'the form of OPTIONS for the whole server': answered(requestOf('OPTIONS', '*'), 404),
  'an upgrade to a WebSocket': { ...answered(requestOf('GET', '/price?product_id=P124', ['Connection: Upgrade', 'Upgrade: websocket']), 200), body: '49.5' },
  'an upgrade to HTTP/2': { ...answered(requestOf('GET', '/price?product_id=P124', ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk']), 200), body: '49.5' },
  'HTTP/2 without asking': refused('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  'the start of TLS': refused('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'),
  'no Host': refused('GET /price?product_id=P124 HTTP/1.1\r\n\r\n'),
  'HTTP/0.9': { ...refused('GET /price?product_id=P124\r\n\r\n', 200), body: '49.5' },
};

/** Sends a shape and takes the answers; throws when there are others than it must get, or more. */
async function expectAnswers(port: number, name: string, { bytes, statuses, stays, body }: Shape): Promise<void> {
  const client = await RawClient.connect(port);
  client.send(bytes);
  const seen: (number | string)[] = [];
  const bodies: string[] = [];
  for (const _ of statuses) {
    const answer = await client.read().catch((error: unknown) => ({ status: String(error), body: '' }));
    seen.push(answer.status);
    bodies.push(answer.body);
    if (typeof answer.status === 'string') break;
  }
  expect(seen, name).toEqual(statuses);
  expect(bodies, name).toEqual(body === undefined ? bodies : [body]);
  expect(bodies.join(), name).not.toMatch(/smuggled|x-secret/i);
  if (stays) client.socket.end();
  expect([await client.ended(), client.error], `the end of ${name}`).toEqual(['', undefined]);
  client.close();
}

test.each([
  ['no shape of a request smuggles another one in', smugglings],
  ['requests that are odd in their URL, size, method or form get their status', oddities],
])('%s, others are served meanwhile, and nothing stays of it', async (_, shapes) => {
  await using watched = await WatchedServer.start({}, list);
  const all = Object.entries(shapes);
  await expectOthersServed(watched, async () => {
    for (const [name, shape] of all) await expectAnswers(watched.port, name, shape);
  });
  await expectNothingStays(watched, 10, all.length, () => Promise.all(all.map(([name, shape]) => expectAnswers(watched.port, name, shape))));
});
