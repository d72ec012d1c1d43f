import { readdirSync, readlinkSync } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { buildTable } from './build-table.ts';
import { lookAtFile } from './file-state.ts';
import { activeResources, createFolder, listOf, tableOf, toBuffer } from './prices.fixture.ts';
import type { TableInput } from './table-request.ts';

const { signal } = new AbortController();
const small = listOf(4);
const large = listOf(50_000);

const build = (input: TableInput, knownSha256?: string) => buildTable({ input, label: 'the list', knownSha256 }, signal);

/** A download that came in parts. */
function bodyOf(content: string): TableInput {
  const middle = Math.floor(content.length / 2);
  return { kind: 'body', segments: [content.slice(0, middle), '', content.slice(middle)].map(toBuffer) };
}

test.each([
  ['small', small],
  ['large', large],
])('builds the table of a %s download', async (_, content) => {
  const input = bodyOf(content);
  const built = await build(input);
  expect(built?.table).toMatchObject({ bytes: content.length, rows: content.split('\n').length - 1 });
  expect(built?.table.lookup('P3')).toBe('3.0');
  await built?.end();
  expect(activeResources()).toEqual([]);
  // The parts aren't held beside the table.
  expect(input.kind === 'body' && input.segments.every(({ byteLength }) => byteLength === 0)).toBe(true);
});

test.each([
  ['small', small],
  ['large', large],
])('does not build the table of a %s list that is known', async (_, content) => {
  const built = await build(bodyOf(content));
  await built?.end();
  expect(await build(bodyOf(content), built?.table.sha256)).toBeUndefined();
  expect(activeResources()).toEqual([]);
});

test('takes the memory of the table that was replaced', async () => {
  const replaced = tableOf(large);
  const built = await build(bodyOf(large));
  expect(replaced.lookup('P3')).toBe('3.0');
  await built?.end(replaced);
  expect(() => replaced.lookup('P3')).toThrow('given back');
  expect(built?.table.lookup('P3')).toBe('3.0');
  expect(activeResources()).toEqual([]);
});

test.each([
  ['small', small],
  ['large', large],
])('drops a %s file that changed since it was looked at', async (_, content) => {
  await using folder = await createFolder();
  const path = join(folder.path, 'prices.txt');
  await writeFile(path, content);
  const { state } = await lookAtFile(path, 'the list');
  await writeFile(path, `${content}x,1\n`);
  await expect(build({ kind: 'file', path, expectedState: state })).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_PRICES_CHANGING' }));
  expect(activeResources()).toEqual([]);
});

test.skipIf(process.platform !== 'linux')('drops a file that changed after it was read', async () => {
  await using folder = await createFolder();
  const path = join(folder.path, 'prices.txt');
  await writeFile(path, listOf(1_000_000));
  const isOpen = () => readdirSync('/proc/self/fd').some((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false;
    }
  });
  const building = build({ kind: 'file', path, expectedState: undefined });
  await vi.waitFor(() => expect(isOpen()).toBe(true), { interval: 1 });
  // Then the thread indexes for some hundred milliseconds.
  await vi.waitFor(() => expect(isOpen()).toBe(false), { interval: 1 });
  await appendFile(path, 'x,1\n');
  await expect(building).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_PRICES_CHANGING' }));
});

test('sees an abort that comes before the thread is there', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const building = buildTable({ input: bodyOf(large), label: 'the list', knownSha256: undefined }, controller.signal);
  controller.abort(reason);
  await expect(building).rejects.toBe(reason);
  expect(activeResources()).toEqual([]);
});

test('reports a bug in the thread as a bug', async () => {
  // What the thread can't work with.
  const input: TableInput = { kind: 'body', segments: [toBuffer(large)] };
  const request = { input, label: 'the list', knownSha256: undefined, get oddity() {
    throw new TypeError('odd');
  } };
  await expect(buildTable(request, signal)).rejects.toThrow('odd');
  expect(activeResources()).toEqual([]);
});
