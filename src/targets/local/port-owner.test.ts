import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { findPortOwner } from './port-owner.ts';

test('who listens on a port is found, and nobody where nobody does', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  expect(await findPortOwner(port)).toMatch(new RegExp(`^pid ${process.pid} \\(.+\\)$`));
  server.close();
  await once(server, 'close');
  expect(await findPortOwner(port)).toBeUndefined();
});
