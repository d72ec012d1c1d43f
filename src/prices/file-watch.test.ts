import { appendFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFakeClock } from '../../test/fakes/fake-clock.ts';
import { lookAtFile } from './file-state.ts';
import { FileWatch, stillMs } from './file-watch.ts';
import { createFolder } from './prices.fixture.ts';
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
