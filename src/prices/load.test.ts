import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { loadPriceTable } from './load.ts';
import { activeResources, createFolder, listOf } from './prices.fixture.ts';

const { signal } = new AbortController();

test.each([4, 50_000])('reads a list of %d rows', async (rows) => {
  await using folder = await createFolder();
  const path = join(folder.path, 'prices.txt');
  await writeFile(path, listOf(rows));
  const before = activeResources();
  const table = await loadPriceTable({ kind: 'file', path }, { signal });
  expect(activeResources()).toEqual(before);
  expect(table.rows).toBe(rows);
  expect(table.lookup(`P${rows - 1}`)).toBe(`${rows - 1}.0`);
  expect(table.idAt(rows - 1)).toBe(`P${rows - 1}`);
  expect(table.lookup('P')).toBeUndefined();
});

test("has the file's size and SHA-256", async () => {
  await using folder = await createFolder();
  const path = join(folder.path, 'prices.txt');
  await writeFile(path, 'P124,49.5\n');
  expect(await loadPriceTable({ kind: 'file', path }, { signal })).toMatchObject({
    bytes: 10,
    sha256: '107310931aea59d00b82d9848a8866cfec48967baf76130900c2717530a1f1e1',
  });
});

test.each([4, 50_000])('tells what is wrong with a list of %d rows', async (rows) => {
  await using folder = await createFolder();
  const path = join(folder.path, 'a\tb.txt');
  await writeFile(path, `${listOf(rows)}x,abc\n`);
  const before = activeResources();
  await expect(loadPriceTable({ kind: 'file', path }, { signal })).rejects.toThrow(
    expect.objectContaining({
      name: 'PricesInvalidError',
      kind: 'negative',
      code: 'PRICECTL_E_PRICES_INVALID',
      source: join(folder.path, String.raw`a\u0009b.txt`),
      line: rows + 1,
      problem: 'price "abc" is not a number',
    }),
  );
  expect(activeResources()).toEqual(before);
});

test('tells that a file is missing', async () => {
  await expect(loadPriceTable({ kind: 'file', path: '/no/such/file' }, { signal })).rejects.toThrow(
    expect.objectContaining({ name: 'EnvironmentError', kind: 'environment', code: 'PRICECTL_E_FILE_ENOENT' }),
  );
});

test('ends at once when it is aborted, wherever it is', async () => {
  await using folder = await createFolder();
  const path = join(folder.path, 'prices.txt');
  await writeFile(path, listOf(1_000_000));
  const before = activeResources();
  const filesBefore = readdirSync('/dev/fd').length;
  const reason = new Error('enough');
  await expect(loadPriceTable({ kind: 'file', path }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const outcomes = new Set<unknown>();
  for (const ms of [0, 1, 5, 10, 20, 30, 40, 60, 80, 120, 200]) {
    const controller = new AbortController();
    const loading = loadPriceTable({ kind: 'file', path }, { signal: controller.signal }).then(
      () => 'loaded',
      (error: unknown) => error,
    );
    await delay(ms);
    controller.abort(reason);
    outcomes.add(await loading);
    expect(activeResources()).toEqual(before);
    expect(readdirSync('/dev/fd').length).toBe(filesBefore);
  }
  outcomes.delete('loaded');
  expect([...outcomes]).toEqual([reason]);
});
