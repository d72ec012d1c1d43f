import { appendFile, mkdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFakeClock } from '../../test/fakes/fake-clock.ts';
import { lookAtFile } from './file-state.ts';
import { FileWatch, stillMs } from './file-watch.ts';
import { createFolder } from './prices.fixture.ts';
import { readPriceFile } from './read-price-file.ts';
import type { Look } from './source-watch.ts';

const settle = (look: Look) => look.kind === 'candidate' && look.settle();

async function createWatch() {
  const folder = await createFolder();
  const path = join(folder.path, 'prices.txt');
  await writeFile(path, 'a,1\n');
  const clock = createFakeClock(Date.now());
  return { path, clock, watch: new FileWatch(path, 'the list', clock), [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

test('offers a file in the state in which it stood still, until that is settled', async () => {
  await using list = await createWatch();
  const { watch, clock, path } = list;
  expect(await watch.look()).toEqual({ kind: 'unsettled' });
  await clock.sleep(stillMs - 1);
  expect(await watch.look()).toEqual({ kind: 'unsettled' });
  await clock.sleep(1);
  const look = await watch.look();
  const { state } = await lookAtFile(path, 'the list');
  expect(look).toMatchObject({ kind: 'candidate', input: { kind: 'file', path, expectedState: state } });
  expect(await watch.look()).toMatchObject({ kind: 'candidate' });
  settle(look);
  expect(await watch.look()).toEqual({ kind: 'none' });
});

test('waits anew after each change', async () => {
  await using list = await createWatch();
  const { watch, clock, path } = list;
  for (let change = 0; change < 5; change += 1) {
    await appendFile(path, 'b');
    expect(await watch.look()).toEqual({ kind: 'unsettled' });
    await clock.sleep(stillMs - 1);
    expect(await watch.look()).toEqual({ kind: 'unsettled' });
  }
});

/** Delivers a ConfigMap's file as the kubelet does: a folder of its own, then the link to it is replaced, then the old folder goes. */
async function deliver(volume: string, version: number, content: string): Promise<void> {
  const [data, next] = [join(volume, '..data'), join(volume, '..data_tmp')];
  const old = await readlink(data).catch(() => undefined);
  const name = `..2026_11_25_18_00_0${version}.123`;
  await mkdir(join(volume, name));
  await writeFile(join(volume, name, 'prices.txt'), content);
  await symlink(name, next);
  await rename(next, data);
  if (old === undefined) await symlink('..data/prices.txt', join(volume, 'prices.txt'));
  else await rm(join(volume, old), { recursive: true });
}

test("sees each version of a ConfigMap's file, also one of the same size and of content that was there before", async () => {
  await using folder = await createFolder();
  await deliver(folder.path, 0, 'a,1\n');
  const path = join(folder.path, 'prices.txt');
  const clock = createFakeClock(Date.now());
  const watch = new FileWatch(path, 'the list', clock);
  for (let version = 1; version <= 5; version += 1) {
    expect(await watch.look()).toEqual({ kind: 'unsettled' });
    await clock.sleep(stillMs);
    const look = await watch.look();
    const input = look.kind === 'candidate' ? look.input : undefined;
    const expectedState = input?.kind === 'file' ? input.expectedState : undefined;
    const { bytes, checkUnchanged } = await readPriceFile({ path, label: 'the list', expectedState });
    expect(Buffer.from(bytes).toString()).toBe(version % 2 === 0 ? 'a,2\n' : 'a,1\n');
    settle(look);
    expect(await watch.look()).toEqual({ kind: 'none' });
    await deliver(folder.path, version, version % 2 === 0 ? 'a,1\n' : 'a,2\n');
    await expect(checkUnchanged()).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_PRICES_CHANGING' }));
  }
});

test('throws the problem of a missing file once: at the start at once, later when it lasts', async () => {
  await using list = await createWatch();
  const { watch, clock, path } = list;
  const missing = expect.objectContaining({ code: 'PRICECTL_E_FILE_ENOENT' });
  await rm(path);
  await expect(watch.look()).rejects.toThrow(missing);
  expect(await watch.look()).toEqual({ kind: 'none' });
  await writeFile(path, 'a,1\n');
  expect(await watch.look()).toEqual({ kind: 'unsettled' });
  await clock.sleep(stillMs);
  settle(await watch.look());
  await rm(path);
  expect(await watch.look()).toEqual({ kind: 'unsettled' });
  await clock.sleep(stillMs);
  await expect(watch.look()).rejects.toThrow(missing);
  expect(await watch.look()).toEqual({ kind: 'none' });
});
