import { expect, test, vi } from 'vitest';
import type { PriceTable } from '../prices/table.ts';
import { exchange, RawClient, requestOf } from './raw-client.fixture.ts';
import { seedTable, startService } from './server.fixture.ts';

async function ask(url: string, { method = 'GET', headers = [] as string[], body = '', table }: { method?: string; headers?: string[]; body?: string; table?: null } = {}) {
  await using service = await startService({}, table);
  const answer = await exchange(service.port, Buffer.from(requestOf(method, url, headers, body)), method);
  return answer;
}

const bodyOf = (ids: readonly string[]) => JSON.stringify({ product_ids: ids });

const json = (body: string): unknown => JSON.parse(body);

test('answers a price with its exact text', async () => {
  const answer = await ask('/price?product_id=P125');
  expect(answer).toMatchObject({ status: 200, body: '10.0' });
  expect(answer.headers).toMatchObject({ 'content-type': 'text/plain', 'content-length': '4', vary: 'Accept' });
  expect(answer.headers).toHaveProperty('date');
  expect(answer.headers).not.toHaveProperty('etag');
});

test.each(['NOPE', 'toString', 'hasOwnProperty', '%00', '%F4%8F%BF%BF', 'P124%20', 'p124', 'x'.repeat(8_000)])('answers the unknown id %s with 404 and no body', async (id) => {
  expect(await ask(`/price?product_id=${id}`)).toMatchObject({ status: 404, body: '' });
});

test.each([
  ['__proto__', '1'],
  ['constructor', '2'],
  ['a+b', '3'],
  ['a%20b', '3'],
  ['a%2Bb', '4'],
  ['50%25', '5'],
  ['%C3%BC%E2%82%AC%F0%9D%84%9E', '6'],
  ['a%26b%3Dc', '7'],
  ['a%26b=c', '7'],
  ['%50124', '49.5'],
  ['P124&other=%20', '49.5'],
  ['P124&', '49.5'],
  ['P124&product_ID=P123', '49.5'],
])('finds the id in product_id=%s', async (value, price) => {
  expect(await ask(`/price?product_id=${value}`)).toMatchObject({ status: 200, body: price });
});

test.each(['/price?product%5Fid=P124', '/price?x=1&product_id=P124', '/price?&&product_id=P124', 'http://localhost/price?product_id=P124', 'HTTP://u:p@h:1/price?product_id=P124'])(
  'finds the id in %s',
  async (url) => {
    expect(await ask(url)).toMatchObject({ status: 200, body: '49.5' });
  },
);

test.each([
  '/price',
  '/price?',
  '/price?product_id',
  '/price?product_id=',
  '/price?x=P124',
  '/price?product_id=P124&product_id=P124',
  '/price?product_id=&product_id=P124',
  '/price?product_id=P124&product%5fid=P123',
  '/price?product_id=%zz',
  '/price?product_id=%',
  '/price?product_id=%2',
  '/price?product_id=P124&x=%zz',
  '/price?product_id=%C0%80',
  '/price?product_id=%E0%80%AF',
  '/price?product_id=%ED%A0%80',
  '/price?product_id=%FF',
  '/price?product_id=%F4%90%80%80',
  '/price?product_id=P124#x',
  'http://localhost/price',
  'http://[/price',
])('answers the query of %s with 400', async (url) => {
  const answer = await ask(url);
  expect(answer.status).toBe(400);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(json(answer.body)).toMatchObject({ title: 'Bad Request', status: 400, detail: expect.stringContaining('query') });
});

test('answers bytes that are not percent-encoded with 400', async () => {
  await using service = await startService();
  expect((await exchange(service.port, Buffer.from(requestOf('GET', '/price?product_id=ü€𝄞')))).status).toBe(400);
  expect((await exchange(service.port, requestOf('GET', '/price?product_id=\u00A0'))).status).toBe(400);
});

test.each([
  ['application/json', 'application/json'],
  ['application/*', 'application/json'],
  ['application/json, text/plain, */*', 'application/json'],
  ['text/html, application/json;q=0.9', 'application/json'],
  ['*/*', 'text/plain'],
  ['text/plain, application/json', 'text/plain'],
  ['application/json;q=0.1, text/plain', 'text/plain'],
  ['image/png', 'text/plain'],
])('answers Accept: %s with %s', async (accept, type) => {
  const answer = await ask('/price?product_id=P124', { headers: [`Accept: ${accept}`] });
  expect(answer.headers).toMatchObject({ 'content-type': type, vary: 'Accept' });
  expect(answer.body).toBe(type === 'text/plain' ? '49.5' : '{"product_id":"P124","price":"49.5"}');
});

test('answers an unknown id as JSON when that is asked for', async () => {
  const answer = await ask('/price?product_id=__proto__%00', { headers: ['Accept: application/json'] });
  expect(answer.status).toBe(404);
  expect(json(answer.body)).toEqual({ product_id: '__proto__\0', price: null });
});

test('answers HEAD like GET, without the body', async () => {
  const answer = await ask('/price?product_id=P124', { method: 'HEAD' });
  expect(answer).toMatchObject({ status: 200, body: '', headers: { 'content-length': '4', 'content-type': 'text/plain' } });
});

test('answers many prices at once, also those of nasty ids', async () => {
  const ids = ['P124', '__proto__', 'NOPE', 'constructor', 'P124', 'toString', '\uD800', '\uFFFD', 'ü€𝄞', '', 'x'.repeat(10_000)];
  const answer = await ask('/prices', { method: 'POST', body: bodyOf(ids).replace('{', '{"more":1,') });
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
  expect(answer.body).toContain('"__proto__":"1"');
  expect(json(answer.body)).toEqual({
    prices: { P124: '49.5', ['__proto__']: '1', constructor: '2', '\uFFFD': '8', 'ü€𝄞': '6' },
    missing: ['NOPE', 'toString', '\uD800', '', 'x'.repeat(10_000)],
  });
});

test('takes 1,000 ids and no more', async () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => `N${index}`);
  expect(await ask('/prices', { method: 'POST', body: bodyOf(ids) })).toMatchObject({ status: 200 });
  expect(await ask('/prices', { method: 'POST', body: bodyOf([...ids, 'one more']) })).toMatchObject({ status: 400 });
  expect(json((await ask('/prices', { method: 'POST', body: bodyOf([]) })).body)).toEqual({ prices: {}, missing: [] });
});

test.each(['', '{', 'null', '[]', '"x"', '{}', '{"product_ids":"P124"}', '{"product_ids":[1]}', '{"product_ids":[null]}', '{"product_ids":{"length":1}}'])(
  'answers the body %j with 400',
  async (body) => {
    const answer = await ask('/prices', { method: 'POST', headers: body === '' ? ['Content-Length: 0'] : [], body });
    expect(answer).toMatchObject({ status: 400, headers: { 'content-type': 'application/problem+json' } });
  },
);

test('answers a body that is not UTF-8, or is missing, with 400', async () => {
  await using service = await startService();
  const body = Buffer.concat([Buffer.from('{"product_ids":["'), Buffer.from([0xff]), Buffer.from('"]}')]);
  const head = `POST /prices HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`;
  expect((await exchange(service.port, Buffer.concat([Buffer.from(head), body]))).status).toBe(400);
  expect((await exchange(service.port, 'POST /prices HTTP/1.1\r\nHost: x\r\n\r\n')).status).toBe(400);
});

test('reads a body in chunks and of any media type', async () => {
  const body = '1b\r\n{"product_ids":["P124","X"]\r\n1\r\n}\r\n0\r\n\r\n';
  await using service = await startService();
  const answer = await exchange(service.port, `POST /prices HTTP/1.1\r\nHost: x\r\nContent-Type: text/x;charset=bad\r\nTransfer-Encoding: chunked\r\n\r\n${body}`);
  expect(json(answer.body)).toEqual({ prices: { P124: '49.5' }, missing: ['X'] });
});

test('answers an encoded body with 415', async () => {
  expect(await ask('/prices', { method: 'POST', headers: ['Content-Encoding: gzip'], body: 'x' })).toMatchObject({ status: 415 });
});

test('answers a body that is too large with 413 and keeps the connection', async () => {
  await using service = await startService({ maxBodyBytes: 100 });
  const client = await RawClient.connect(service.port);
  const large = 'x'.repeat(101);
  expect(await client.exchange(requestOf('POST', '/prices', [], large))).toMatchObject({ status: 413, headers: { connection: 'keep-alive' } });
  expect(await client.exchange(`POST /prices HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n${large}\r\n0\r\n\r\n`)).toMatchObject({ status: 413 });
  expect(await client.exchange(requestOf('GET', '/price?product_id=P124'))).toMatchObject({ status: 200 });
  client.close();
});

test('refuses a body that is too large before the client sends it', async () => {
  await using service = await startService({ maxBodyBytes: 100 });
  const post = 'POST /prices HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: ';
  expect(await exchange(service.port, `${post}101\r\n\r\n`)).toMatchObject({ status: 413, headers: { connection: 'close' } });
  const client = await RawClient.connect(service.port);
  expect(await client.exchange(`${post}22\r\n\r\n`)).toMatchObject({ status: 100 });
  expect(await client.exchange('{"product_ids":["X"] }')).toMatchObject({ status: 200 });
  client.close();
});

test('answers a URL that is too long with 414', async () => {
  await using service = await startService({ maxUrlBytes: 100 });
  const url = '/price?product_id='.padEnd(100, 'x');
  expect(await exchange(service.port, requestOf('GET', url))).toMatchObject({ status: 404 });
  expect(await exchange(service.port, requestOf('GET', `${url}x`))).toMatchObject({ status: 414, headers: { 'content-type': 'application/problem+json' } });
});

test.each(['/', '/prices/', '/price/', '/PRICE?product_id=P124', '/%70rice?product_id=P124', '//price', '/./price', '/nope', '/price%2F', '/%zz', '/..%2f..%2fetc/passwd', '*', 'http://localhost'])(
  'answers %s with 404 and no body',
  async (url) => {
    const answer = await ask(url, { method: url === '*' ? 'OPTIONS' : 'GET' });
    expect(answer).toMatchObject({ status: 404, body: '' });
    expect(Object.keys(answer.headers).toSorted()).toEqual(['connection', 'content-length', 'date', 'keep-alive']);
  },
);

test.each([
  ['/price', 'GET, HEAD', ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY']],
  ['/prices', 'POST', ['GET', 'HEAD', 'PUT', 'OPTIONS']],
  ...['/livez', '/readyz', '/metrics', '/version', '/openapi.json'].map((path) => [path, 'GET, HEAD', ['POST', 'DELETE', 'OPTIONS']] as const),
] as const)('answers a wrong method on %s with 405', async (path, allow, methods) => {
  for (const method of methods) {
    expect(await ask(path, { method })).toMatchObject({ status: 405, headers: { allow } });
    expect(await ask(`${path}?x=%zz`, { method, body: 'some body' })).toMatchObject({ status: 405, headers: { allow } });
  }
});

test('is alive but not ready without prices', async () => {
  expect(await ask('/livez', { table: null })).toMatchObject({ status: 200, body: 'ok\n' });
  expect(await ask('/readyz', { table: null })).toMatchObject({ status: 503, body: 'no prices are loaded yet\n' });
  expect(await ask('/price?product_id=P124', { table: null })).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  expect(await ask('/prices', { method: 'POST', body: '{"product_ids":[]}', table: null })).toMatchObject({ status: 503 });
  expect(json((await ask('/version', { table: null })).body)).toMatchObject({ ready: false, prices: null });
  expect(await ask('/metrics', { table: null })).toMatchObject({ status: 200 });
  expect(await ask('/readyz')).toMatchObject({ status: 200, body: 'ok\n' });
});

test('is not ready while it drains, but answers', async () => {
  await using service = await startService();
  service.state.isDraining = true;
  expect(await exchange(service.port, requestOf('GET', '/readyz'))).toMatchObject({ status: 503, body: 'the server is shutting down\n' });
  expect(await exchange(service.port, requestOf('GET', '/livez'))).toMatchObject({ status: 200 });
  expect(await exchange(service.port, requestOf('GET', '/price?product_id=P124'))).toMatchObject({ status: 200 });
});

test('says what it is', async () => {
  await using service = await startService({ prices: 'https://user:secret@example.com/a/prices.txt?token=secret#x' });
  await exchange(service.port, requestOf('GET', '/price?product_id=P124'));
  await exchange(service.port, requestOf('GET', '/price?product_id=NOPE'));
  await exchange(service.port, requestOf('POST', '/prices', [], '{"product_ids":[]}'), 'POST');
  await exchange(service.port, requestOf('GET', '/livez'));
  const version = json((await exchange(service.port, requestOf('GET', '/version'))).body);
  const { rows, bytes, sha256 } = seedTable;
  expect(version).toEqual({
    version: '1.2.3',
    node: process.versions.node,
    pid: process.pid,
    startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    ready: true,
    prices: { rows, bytes, sha256 },
    source: 'https://example.com/a/prices.txt',
    rejection: null,
    requests: 3,
  });
});

test('swaps the table between two requests of a connection', async () => {
  await using service = await startService();
  const client = await RawClient.connect(service.port);
  const request = requestOf('GET', '/price?product_id=P124');
  expect((await client.exchange(request)).body).toBe('49.5');
  service.state.table = { ...seedTable, lookup: () => '50.00' };
  expect((await client.exchange(request)).body).toBe('50.00');
  client.close();
});

test('says nothing of its inside when it fails, and logs it in one line', async () => {
  await using service = await startService();
  service.state.table = { ...seedTable, lookup: vi.fn<PriceTable['lookup']>().mockThrow(new Error('secret')) };
  const answer = await exchange(service.port, requestOf('POST', '/prices', [], '{"product_ids":["P124"]}'), 'POST');
  expect(answer).toMatchObject({ status: 500, body: expect.not.stringContaining('secret') });
  expect(service.log).toEqual([expect.stringContaining('secret')]);
  expect(await exchange(service.port, requestOf('GET', '/price?product_id=P124'))).toMatchObject({ status: 500, body: expect.not.stringContaining('secret') });
  expect(await exchange(service.port, requestOf('GET', '/livez'))).toMatchObject({ status: 200 });
});
