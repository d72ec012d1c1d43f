import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createLateListener } from './late-listener.ts';
import { RawClient } from './raw-client.fixture.ts';
import { startService } from './server.fixture.ts';

async function start(create: () => Promise<RequestListener>) {
  const failures: unknown[] = [];
  const late = createLateListener(create, (error, _, response) => {
    failures.push(error);
    response.writeHead(500).end();
  });
  const server = createServer(late.listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const client = await RawClient.connect(typeof address === 'object' ? (address?.port ?? 0) : 0);
  return {
    ...late,
    client,
    failures,
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const head = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

test('requests wait for the listener, which is created once, and are answered in their order', async () => {
  const created = Promise.withResolvers<RequestListener>();
  let calls = 0;
  using server = await start(() => ((calls += 1), created.promise));
  server.client.send(head('/1') + head('/2'));
  await expect.poll(() => calls).toBe(1);
  const loading = server.load();
  created.resolve((request, response) => response.end(request.url));
  await loading;
  server.client.send(head('/3'));
  for (const path of ['/1', '/2', '/3']) expect(await server.client.read('GET')).toMatchObject({ status: 200, body: path });
  expect(calls).toBe(1);
});

test('when there is no listener each request is answered, and load tells why', async () => {
  const error = new Error('there is no such file');
  using server = await start(() => Promise.reject(error));
  server.client.send(head('/1') + head('/2'));
  expect([(await server.client.read('GET')).status, (await server.client.read('GET')).status]).toEqual([500, 500]);
  expect(server.failures).toEqual([error, error]);
  await expect(server.load()).rejects.toBe(error);
});

test('a service answers prices and probes before its application is loaded, and everything with it', async () => {
  await using service = await startService();
  const client = await RawClient.connect(service.port);
  const paths = ['/livez', '/readyz', '/price?product_id=P124', '/version', '/metrics', '/nothing', '/price?product_id=P125'];
  client.send(paths.map(head).join(''));
  const statuses: number[] = [];
  for (const _ of paths) statuses.push((await client.read('GET')).status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 404, 200]);
  await service.loadApplication();
});
