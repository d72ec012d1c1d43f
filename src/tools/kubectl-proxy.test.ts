import { chown, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { installFakeTools } from '../../test/fakes/bin/fake-tools.ts';
import { startKubectlProxy } from './kubectl-proxy.ts';
import { createProcesses } from './process.ts';

let folder: string;
let live: Server;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'p-'));
  vi.stubEnv('TMPDIR', folder);
});
afterEach(async () => {
  await new Promise((resolve) => live.close(resolve));
  await rm(folder, { recursive: true });
});

/** A folder as a command left it, last changed a minute ago. */
async function leave(name: string, fill: (path: string) => Promise<unknown>, ageMs = 60_000): Promise<void> {
  const path = join(folder, name);
  await mkdir(path, { mode: 0o700 });
  await fill(path);
  const changed = (Date.now() - ageMs) / 1_000;
  await utimes(path, changed, changed);
}

test('folders of commands that were killed go with the next start; those in use, young, of another name or owner stay', async () => {
  await leave('pricectl-api-dead', (path) => writeFile(join(path, 'api'), ''));
  await leave('pricectl-api-empty', async () => {});
  await leave('pricectl-api-young', async () => {}, 0);
  await leave('other-api-empty', async () => {});
  // Only root can give something away.
  const foreign = process.getuid?.() === 0 ? ['pricectl-api-foreign'] : [];
  for (const name of foreign) await leave(name, (path) => chown(path, 12_345, 12_345));
  live = createServer();
  await leave('pricectl-api-live', (path) => new Promise<void>((resolve) => live.listen(join(path, 'api'), resolve)));
  const args = ['proxy', '--context', 'c', '--unix-socket=<any>', '--accept-paths=<any>'];
  await using fakes = await installFakeTools({ kubectl: [{ args, api: {} }] });
  const proxy = await startKubectlProxy({ context: 'c', processes: createProcesses(), file: 'kubectl', env: { PATH: fakes.path }, signal: new AbortController().signal });
  await proxy[Symbol.asyncDispose]();
  const left = (await readdir(folder)).filter((name) => /-api-/.test(name));
  expect(left.toSorted()).toEqual(['other-api-empty', ...foreign, 'pricectl-api-live', 'pricectl-api-young']);
});
