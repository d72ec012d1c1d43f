import { expect, test } from 'vitest';
import { exchange, RawClient, requestOf } from './raw-client.fixture.ts';
import { startService } from './server.fixture.ts';

const price = requestOf('GET', '/price?product_id=P124');

test.each([
  ['no HTTP at all\r\n\r\n', 400],
  ['GET /price?product_id=P124 HTTP/1.1\r\n\r\n', 400],
  ['GET /price?product_id=P124 HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n', 400],
  ['GET /price?product_id=P124 x HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['GET /price HTTP/9.9\r\nHost: x\r\n\r\n', 400],
  ['GET /price HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
  ['POST /prices HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
  ['POST /prices HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 400],
  [`POST /prices HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`, 413],
  [`GET /price HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
  [`GET /price?product_id=${'x'.repeat(17_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
  ['CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n', 405],
] as const)('refuses %j with %i', async (bytes, status) => {
  await using service = await startService();
  const client = await RawClient.connect(service.port);
  expect((await client.exchange(bytes)).status).toBe(status);
  expect(await client.ended()).toBe('');
  expect(client.error).toBeUndefined();
  client.close();
  expect(await exchange(service.port, price)).toMatchObject({ status: 200 });
});

test('refuses what it is expected to do beside answering', async () => {
  await using service = await startService();
  expect(await exchange(service.port, requestOf('GET', '/price?product_id=P124', ['Expect: a miracle']))).toMatchObject({ status: 417 });
});

test('gets its refusal to a client that has not sent all yet', async () => {
  await using service = await startService();
  const client = await RawClient.connect(service.port);
  client.send(`GET /price HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(4_000_000)}`);
  expect((await client.read()).status).toBe(431);
  await new Promise<void>((resolve) => client.socket.end(resolve));
  await client.ended();
  expect(client.error).toBeUndefined();
  client.close();
});

test('cuts a refused client off that neither stops sending nor closes', async () => {
  await using service = await startService();
  const client = await RawClient.connect(service.port);
  expect((await client.exchange('nonsense\r\n\r\n')).status).toBe(400);
  const sending = setInterval(() => client.send('more nonsense'), 20);
  await new Promise((resolve) => client.socket.once('close', resolve));
  clearInterval(sending);
  expect(service.connections.count).toBe(0);
});

test('survives a client that resets its connection at any point', async () => {
  await using service = await startService();
  for (const bytes of ['', 'GET /pri', price, 'POST /prices HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{', 'nonsense\r\n\r\n']) {
    const client = await RawClient.connect(service.port);
    client.send(bytes);
    client.socket.resetAndDestroy();
  }
  expect(await exchange(service.port, price)).toMatchObject({ status: 200 });
  expect(service.log).toEqual([]);
});

test.each([
  ['nothing', ''],
  ['half a head', 'GET /price?product_id=P124 HTTP/1.1\r\nHost: x\r\n'],
])('ends a connection that sends %s in time', async (_, bytes) => {
  await using service = await startService({ headersTimeoutMs: 100 });
  const client = await RawClient.connect(service.port);
  client.send(bytes);
  expect(await client.read()).toMatchObject({ status: 408, headers: { connection: 'close' } });
  expect(await client.ended()).toBe('');
});

test('ends a connection that sends its body too slowly', async () => {
  await using service = await startService({ headersTimeoutMs: 100, requestTimeoutMs: 200 });
  const client = await RawClient.connect(service.port);
  client.send('POST /prices HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n');
  const sending = setInterval(() => client.send(' '), 20);
  expect(await client.read()).toMatchObject({ status: 408 });
  clearInterval(sending);
  client.close();
});

test.each(['', '{'])('answers 408 to a client that goes silent in its body (%j), whatever the time for its answer', async (body) => {
  await using service = await startService({ headersTimeoutMs: 100, requestTimeoutMs: 200, sendTimeoutMs: 50 });
  const client = await RawClient.connect(service.port);
  client.send(`POST /prices HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n${body}`);
  expect(await client.read()).toMatchObject({ status: 408 });
  client.close();
});

test('does not end a connection for idling between requests less than it announces', async () => {
  await using service = await startService({ headersTimeoutMs: 50, requestTimeoutMs: 50, keepAliveTimeoutMs: 1_000 });
  const client = await RawClient.connect(service.port);
  const started = performance.now();
  expect((await client.exchange(price)).headers['keep-alive']).toBe('timeout=1');
  expect(await client.ended()).toBe('');
  expect(performance.now() - started).toBeGreaterThan(1_000);
});

test('answers HTTP/1.0, with and without keep-alive', async () => {
  await using service = await startService();
  const client = await RawClient.connect(service.port);
  const kept = await client.exchange('GET /price?product_id=P124 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
  expect(kept).toMatchObject({ status: 200, body: '49.5', headers: { connection: 'keep-alive' } });
  expect(await client.exchange('GET /price?product_id=P124 HTTP/1.0\r\n\r\n')).toMatchObject({ status: 200, body: '49.5', headers: { connection: 'close' } });
  expect(await client.ended()).toBe('');
});

test('answers pipelined requests in order', async () => {
  await using service = await startService();
  const client = await RawClient.connect(service.port);
  client.send([price, requestOf('GET', '/version'), requestOf('POST', '/prices', [], '{"product_ids":["P123"]}'), requestOf('GET', '/metrics'), price].join(''));
  const bodies = [await client.read(), await client.read(), await client.read(), await client.read(), await client.read()].map(({ body }) => body);
  expect(bodies).toEqual(['49.5', expect.stringContaining('startedAt'), '{"prices":{"P123":"19.99"},"missing":[]}', expect.stringContaining('# HELP'), '49.5']);
  client.close();
});

test('reads a request byte by byte', async () => {
  await using service = await startService();
  const client = await RawClient.connect(service.port);
  for (const byte of price) {
    client.send(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await client.read()).body).toBe('49.5');
  client.close();
});

test('answers a client that has already ended its side', async () => {
  await using service = await startService();
  const client = await RawClient.connect(service.port);
  client.socket.end(price);
  expect((await client.read()).body).toBe('49.5');
  client.close();
});

test('ignores a wish to upgrade', async () => {
  await using service = await startService();
  const headers = ['Connection: Upgrade', 'Upgrade: websocket'];
  expect(await exchange(service.port, requestOf('GET', '/price?product_id=P124', headers))).toMatchObject({ status: 200, body: '49.5' });
});
