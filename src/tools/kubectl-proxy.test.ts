import { chmod, chown, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { installFakeTools } from '../../test/fakes/bin/fake-tools.ts';
import { makeProxyFolder, startKubectlProxy } from './kubectl-proxy.ts';
import { createProcesses } from './process.ts';

let folder: string;
beforeEach(async () => {
  // Anybody gets there: the temporary folder of a test run may be private.
  folder = await mkdtemp('/tmp/p-');
  vi.stubEnv('TMPDIR', folder);
});
afterEach(async () => {
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
  const live = createServer();
  onTestFinished(() => new Promise<void>((resolve) => live.close(() => resolve())));
  await leave('pricectl-api-live', (path) => new Promise<void>((resolve) => live.listen(join(path, 'api'), resolve)));
  const args = ['proxy', '--context', 'c', '--unix-socket=<any>', '--accept-paths=<any>'];
  await using fakes = await installFakeTools({ kubectl: [{ args, api: {} }] });
  const proxy = await startKubectlProxy({ context: 'c', processes: createProcesses(), file: 'kubectl', env: { PATH: fakes.path }, signal: new AbortController().signal });
  await proxy[Symbol.asyncDispose]();
  const left = (await readdir(folder)).filter((name) => /-api-/.test(name));
  expect(left.toSorted()).toEqual(['other-api-empty', ...foreign, 'pricectl-api-live', 'pricectl-api-young']);
});

/** Root may do everything; anybody else gets to know what a folder doesn't allow. */
async function withoutRoot<T>(work: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(12_345);
  try {
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

test('a temporary folder that may be written to and not listed, as some administrators want it, is good enough', async () => {
  await chmod(folder, 0o1733);
  if (process.getuid?.() !== 0) await chmod(folder, 0o333);
  const made = await withoutRoot(() => makeProxyFolder(folder));
  await chmod(folder, 0o700);
  expect([dirname(made), await readdir(folder)]).toEqual([folder, [made.slice(folder.length + 1)]]);
});

test("a leftover that can't be removed stays, and those beside it go", async () => {
  const locked = join(folder, 'pricectl-api-locked');
  await leave('pricectl-api-locked', async (path) => {
    await writeFile(join(path, 'file'), '');
    await chmod(path, 0o555);
  });
  onTestFinished(() => chmod(locked, 0o700).catch(() => {}));
  await leave('pricectl-api-empty', (path) => chmod(path, 0o755));
  await chmod(folder, 0o777);
  const made = await withoutRoot(() => makeProxyFolder(folder));
  expect(await readdir(folder)).toEqual(expect.arrayContaining(['pricectl-api-locked', made.slice(folder.length + 1)]));
  expect(await readdir(folder)).not.toContain('pricectl-api-empty');
});
