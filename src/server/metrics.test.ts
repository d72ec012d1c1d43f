import { expect, test } from 'vitest';
import { exchange, RawClient, requestOf } from './raw-client.fixture.ts';
import { seedTable, startService, until } from './server.fixture.ts';

/** The samples of a scrape by name and labels. */
async function scrape(port: number): Promise<ReadonlyMap<string, number>> {
  const answer = await exchange(port, requestOf('GET', '/metrics'));
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' } });
  const lines = answer.body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]));
}

const sent = ([method, url]: readonly [string, string]) => requestOf(method, url);

test('counts requests by method, route and status', async () => {
  await using service = await startService();
  const requests = [
    ['GET', '/price?product_id=P124'],
    ['GET', '/price?product_id=P124'],
    ['HEAD', '/price?product_id=P124'],
    ['GET', '/price?product_id=NOPE'],
    ['GET', '/price'],
    ['PUT', '/price'],
    ['POST', '/prices'],
    ['GET', '/livez'],
    ['GET', '/no/such/path'],
    ['GET', `/price?product_id=${'x'.repeat(10_000)}`],
  ] as const;
  for (const request of requests) await exchange(service.port, sent(request), request[0]);
  await exchange(service.port, 'no HTTP at all\r\n\r\n');
  const samples = await scrape(service.port);
  const counts = Object.fromEntries([...samples].filter(([name]) => name.startsWith('http_requests_total')));
  expect(counts).toEqual({
    'http_requests_total{method="GET",route="/price",code="200"}': 2,
    'http_requests_total{method="GET",route="/price",code="404"}': 1,
    'http_requests_total{method="GET",route="/price",code="400"}': 1,
    'http_requests_total{method="HEAD",route="/price",code="200"}': 1,
    'http_requests_total{method="PUT",route="/price",code="405"}': 1,
    'http_requests_total{method="POST",route="/prices",code="400"}': 1,
    'http_requests_total{method="GET",route="/livez",code="200"}': 1,
    'http_requests_total{method="GET",route="other",code="404"}': 1,
    'http_requests_total{method="GET",route="other",code="414"}': 1,
    'http_requests_total{method="unknown",route="other",code="400"}': 1,
  });
  expect((await scrape(service.port)).get('http_requests_total{method="GET",route="/metrics",code="200"}')).toBe(1);
});

test('does not count a request whose client left before it was sent', async () => {
  await using service = await startService();
  const client = await RawClient.connect(service.port);
  client.send('POST /prices HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{');
  // The answer to the second connection's request comes after the first one's head was read.
  await exchange(service.port, requestOf('GET', '/livez'));
  client.close();
  await until(() => service.connections.count === 0);
  expect([...(await scrape(service.port)).keys()].filter((name) => name.includes('/prices'))).toEqual([]);
});

test('shows connections and prices as they are at the scrape', async () => {
  await using service = await startService({}, null);
  expect(Object.fromEntries(await scrape(service.port))).toMatchObject({ price_table_rows: 0, price_table_bytes: 0, http_connections: 1 });
  service.state.table = seedTable;
  service.state.reloads.rejected += 2;
  const client = await RawClient.connect(service.port);
  await client.exchange(requestOf('GET', '/livez'));
  const { rows, bytes, sha256 } = seedTable;
  expect(Object.fromEntries(await scrape(service.port))).toMatchObject({
    http_connections: 2,
    price_table_rows: rows,
    price_table_bytes: bytes,
    [`price_table_info{sha256="${sha256}"}`]: 1,
    'price_reloads_total{outcome="loaded"}': 0,
    'price_reloads_total{outcome="rejected"}': 2,
    'price_reloads_total{outcome="unchanged"}': 0,
  });
  service.state.table = { ...seedTable, sha256: 'f'.repeat(64) };
  const infos = [...(await scrape(service.port)).keys()].filter((name) => name.startsWith('price_table_info'));
  expect(infos).toEqual([`price_table_info{sha256="${'f'.repeat(64)}"}`]);
  client.close();
});

test('shows the CPU time up to the scrape itself', async () => {
  await using service = await startService();
  const before = (await scrape(service.port)).get('process_cpu_seconds_total') ?? Number.NaN;
  const start = process.cpuUsage();
  let used: NodeJS.CpuUsage;
  do used = process.cpuUsage(start);
  while (used.user + used.system < 50_000);
  const after = (await scrape(service.port)).get('process_cpu_seconds_total') ?? Number.NaN;
  expect(after - before).toBeGreaterThanOrEqual(0.05);
});

test('shows what the process takes', async () => {
  await using service = await startService();
  const samples = await scrape(service.port);
  expect([...samples.keys()]).toEqual(
    expect.arrayContaining(['process_resident_memory_bytes', 'process_start_time_seconds', 'nodejs_eventloop_lag_seconds', 'nodejs_heap_size_used_bytes']),
  );
});

test('keeps the registries of two servers in one process apart', async () => {
  await using one = await startService();
  await using two = await startService({}, null);
  expect((await scrape(one.port)).get('price_table_rows')).toBe(seedTable.rows);
  expect((await scrape(two.port)).get('price_table_rows')).toBe(0);
});
