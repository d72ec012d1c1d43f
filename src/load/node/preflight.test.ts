import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { checkReachable } from './preflight.ts';
import { startRawServer } from './raw-server.fixture.ts';
import { parseServiceUrl } from './service-url.ts';

const never = new AbortController().signal;

test('leaves no connection where somebody answers', async () => {
  const server = await startRawServer(() => {});
  await checkReachable(parseServiceUrl(server.url), never);
  await vi.waitFor(() => expect([server.connections, server.openConnections]).toEqual([1, 0]));
});

test('names the URL and the reason where nobody does', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const address = closed.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  closed.close();
  await expect(checkReachable(parseServiceUrl(url), never)).rejects.toMatchObject({
    code: 'PRICECTL_E_UNREACHABLE',
    kind: 'environment',
    message: `nobody answers at ${url}: ECONNREFUSED`,
  });
});

test("throws the signal's reason and leaves no connection when that comes first", async () => {
  const silent = await startRawServer(() => {});
  const controller = new AbortController();
  const reason = new Error('enough');
  const check = checkReachable(parseServiceUrl(silent.url.replace('http:', 'https:')), controller.signal);
  onTestFinished(() => controller.abort());
  void vi.waitFor(() => expect(silent.openConnections).toBe(1)).then(() => controller.abort(reason));
  await expect(check).rejects.toBe(reason);
  await vi.waitFor(() => expect(silent.openConnections).toBe(0));
});
