import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, open, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { systemClock } from '../tools/clock.ts';
import { createSteppedClock, openFeed } from './feed.fixture.ts';
import { openPriceFeed } from './feed.ts';
import { activeResources, createFolder, listOf } from './prices.fixture.ts';
import type { PriceTable } from './table.ts';

vi.setConfig({ testTimeout: 30_000 });

const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 5 });

/** A price list in a folder of its own. */
async function createList(content: string) {
  const folder = await createFolder();
  const file = join(folder.path, 'prices.txt');
  await writeFile(file, content);
  return { folder: folder.path, file, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

async function replace(path: string, content: string): Promise<void> {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}

/** The generation that all prices of a whole list have (`listOf`); fails for any other table. */
function generationOf(table: PriceTable, rows: number): string | undefined {
  const prices = Array.from({ length: rows }, (_, row) => table.lookup(`P${row}`));
  const generation = prices[0]?.split('.')[1];
  expect(table.rows).toBe(rows);
  expect(prices).toEqual(Array.from({ length: rows }, (_, row) => `${row}.${generation}`));
  return generation;
}

test.each([4, 50_000])('delivers new tables of %d rows, whichever way they come', async (rows) => {
  await using list = await createList(listOf(rows, 0));
  await using feed = await openFeed(list.file);
  expect(feed.table.lookup('P3')).toBe('3.0');
  await replace(list.file, listOf(rows, 1));
  await until(() => expect(feed.loaded).toHaveLength(1));
  expect(feed.current().lookup('P3')).toBe('3.1');
  await writeFile(list.file, listOf(rows, 2));
  await until(() => expect(feed.loaded).toHaveLength(2));
  expect(feed.current().lookup('P3')).toBe('3.2');
  expect(feed.rejected).toEqual([]);
  await feed[Symbol.asyncDispose]();
  expect(feed.current().lookup('P3')).toBe('3.2');
  expect(activeResources()).toEqual([]);
});

test('follows a link that is switched, as those of a ConfigMap are', async () => {
  await using list = await createList('');
  const at = (name: string) => join(list.folder, name);
  for (const generation of [0, 1]) {
    await mkdir(at(`..v${generation}`));
    await writeFile(at(`..v${generation}/list`), listOf(4, generation));
  }
  await symlink('..v0', at('..data'));
  await symlink('..data/list', at('list'));
  await using feed = await openFeed(at('list'));
  expect(feed.table.lookup('P3')).toBe('3.0');
  await symlink('..v1', at('..new'));
  await rename(at('..new'), at('..data'));
  await rm(at('..v0'), { recursive: true });
  await until(() => expect(feed.loaded).toHaveLength(1));
  expect(feed.current().lookup('P3')).toBe('3.1');
  expect(feed.rejected).toEqual([]);
});

test.each<[string, 'w' | 'r+']>([
  ['emptied and written anew', 'w'],
  ['overwritten', 'r+'],
])('never has a wrong price of a list that is slowly %s in place', async (_, flags) => {
  const rows = 300;
  await using list = await createList(listOf(rows, 0));
  const steps: (() => Promise<unknown>)[] = [];
  let file: Awaited<ReturnType<typeof open>> | undefined;
  let check: (() => void) | undefined;
  // At each look of the feed the writer has come a step further; the times of files may be as coarse as 10 ms.
  const clock = createSteppedClock(async () => {
    check?.();
    const step = steps.shift();
    if (step === undefined) return delay(2);
    await step();
    return delay(20);
  });
  await using feed = await openFeed(list.file, { clock });
  const seen = new Set<string | undefined>();
  check = () => seen.add(generationOf(feed.current(), rows));
  for (const generation of [1, 2]) {
    const pieces = listOf(rows, generation).match(/[^]{1,97}/g) ?? [];
    // Opening is a step, too: else the feed's clock goes on while the list is empty and nobody writes yet.
    const begin = async () => {
      file = await open(list.file, flags);
    };
    steps.push(begin, ...pieces.map((piece) => () => file?.write(piece) ?? Promise.reject(new Error('not open'))));
    await until(() => expect(feed.loaded).toHaveLength(generation));
    expect(steps).toEqual([]);
    expect(generationOf(feed.current(), rows)).toBe(String(generation));
    await file?.close();
  }
  expect([...seen]).toEqual(['0', '1', '2']);
  expect(feed.rejected).toEqual([]);
});

test('waits for a list that is being written when it is opened', async () => {
  const rows = 300;
  await using list = await createList('');
  const pieces = listOf(rows).match(/[^]{1,97}/g) ?? [];
  const clock = createSteppedClock(async () => {
    const piece = pieces.shift();
    if (piece !== undefined) await appendFile(list.file, piece);
    return delay(20);
  });
  await using feed = await openFeed(list.file, { clock });
  expect(generationOf(feed.table, rows)).toBe('0');
});

test('does not wait for a list that is old', async () => {
  await using list = await createList(listOf(4));
  const slept = vi.fn<(ms: number) => void>();
  const clock = createSteppedClock(async (ms) => slept(ms), Date.now() + 10_000);
  const controller = new AbortController();
  const feed = await openPriceFeed(list.file, { signal: controller.signal, pollIntervalMs: 1_000, clock }, { onLoaded() {}, onRejected() {}, onUnchanged() {} });
  expect(slept.mock.calls.length).toBeLessThanOrEqual(1);
  await feed[Symbol.asyncDispose]();
});

test.each<[string, string, string]>([
  ['a bad price', `${listOf(3)}x,abc\n`, 'PRICECTL_E_PRICES_INVALID'],
  ['nothing', '', 'PRICECTL_E_PRICES_INVALID'],
  ['half a line', 'P0,0.0\nP1,', 'PRICECTL_E_PRICES_INVALID'],
  ['binary data', '\0\u0001\u0002', 'PRICECTL_E_PRICES_INVALID'],
])('keeps its table when the list becomes %s, and says so once', async (_, content, code) => {
  await using list = await createList(listOf(4, 0));
  await using feed = await openFeed(list.file);
  await writeFile(list.file, content);
  await until(() => expect(feed.rejected).toHaveLength(1));
  expect(feed.rejected[0]).toMatchObject({ code });
  await writeFile(list.file, `${content}\n`);
  await until(() => expect(feed.rejected).toHaveLength(2));
  await replace(list.file, listOf(4, 1));
  await until(() => expect(feed.loaded).toHaveLength(1));
  expect(feed.rejected).toHaveLength(2);
  expect(feed.current().lookup('P3')).toBe('3.1');
});

test('keeps its table when the list vanishes or becomes a folder, and says each once', async () => {
  await using list = await createList(listOf(4, 0));
  let looks = 0;
  const clock = createSteppedClock(() => {
    looks += 1;
    return delay(2);
  });
  await using feed = await openFeed(list.file, { clock });
  const lookOn = async () => {
    const goal = looks + 10;
    await until(() => expect(looks).toBeGreaterThan(goal));
  };
  await rename(list.file, `${list.file}.old`);
  await until(() => expect(feed.rejected).toHaveLength(1));
  expect(feed.rejected[0]).toMatchObject({ code: 'PRICECTL_E_FILE_ENOENT' });
  await lookOn();
  expect(feed.rejected).toHaveLength(1);
  await rename(`${list.file}.old`, list.file);
  await until(() => expect(feed.counts.unchanged).toBe(1));
  await rm(list.file);
  await mkdir(list.file);
  await until(() => expect(feed.rejected.at(-1)).toMatchObject({ code: 'PRICECTL_E_FILE_EISDIR' }));
  const told = feed.rejected.length;
  await lookOn();
  expect(feed.rejected).toHaveLength(told);
  await rm(list.file, { recursive: true });
  await replace(list.file, listOf(4, 1));
  await until(() => expect(feed.loaded).toHaveLength(1));
  expect(feed.rejected.filter((error) => !/EISDIR|ENOENT/.test(JSON.stringify(error)))).toEqual([]);
  expect(feed.current().lookup('P3')).toBe('3.1');
});

test('does not mind a list that is away for a moment', async () => {
  await using list = await createList(listOf(4, 0));
  const steps: (() => Promise<unknown>)[] = [];
  await using feed = await openFeed(list.file, { clock: createSteppedClock(() => steps.shift()?.() ?? delay(2)) });
  steps.push(() => rm(list.file), () => delay(2), () => delay(2), () => writeFile(list.file, listOf(4, 1)));
  await until(() => expect(feed.loaded).toHaveLength(1));
  expect(feed.rejected).toEqual([]);
});

test('does not load the same content again', async () => {
  await using list = await createList(listOf(50_000));
  await using feed = await openFeed(list.file);
  await replace(list.file, listOf(50_000));
  await until(() => expect(feed.counts.unchanged).toBe(1));
  expect(feed.loaded).toEqual([]);
  expect(feed.table.lookup('P3')).toBe('3.0');
});

test('lets the old table answer for a second, then frees it', async () => {
  await using list = await createList(listOf(50_000, 0));
  const second = Promise.withResolvers<void>();
  const clock = createSteppedClock((ms) => (ms === 1_000 ? second.promise : delay(2)));
  await using feed = await openFeed(list.file, { clock, pollIntervalMs: 700 });
  await replace(list.file, listOf(50_000, 1));
  await until(() => expect(feed.loaded).toHaveLength(1));
  expect([feed.table.lookup('P3'), feed.current().lookup('P3')]).toEqual(['3.0', '3.1']);
  second.resolve();
  await until(() => expect(() => feed.table.lookup('P3')).toThrow('given back'));
  expect(feed.current().lookup('P3')).toBe('3.1');
});

test.each([
  ['missing', 'PRICECTL_E_FILE_ENOENT', async (path: string) => rm(path)],
  ['a folder', 'PRICECTL_E_FILE_EISDIR', async (path: string) => rm(path).then(() => mkdir(path))],
  ['no list', 'PRICECTL_E_PRICES_INVALID', async (path: string) => writeFile(path, 'x\n')],
])('does not open when the list is %s', async (_, code, spoil) => {
  await using list = await createList(listOf(4));
  await spoil(list.file);
  await expect(openFeed(list.file)).rejects.toThrow(expect.objectContaining({ code }));
  await expect(openFeed('ftp://x/y')).rejects.toThrow(expect.objectContaining({ kind: 'usage' }));
});

test('ends at once when it is aborted, wherever it is', async () => {
  await using list = await createList(listOf(100_000, 0));
  const reason = new Error('enough');
  for (const [round, ms] of [0, 5, 20, 50, 100, 300, 600, 650, 700, 800].entries()) {
    const controller = new AbortController();
    const following = (async () => {
      await using _feed = await openFeed(list.file, { signal: controller.signal, clock: systemClock, pollIntervalMs: 10 });
      await replace(list.file, listOf(100_000, round));
      if (!controller.signal.aborted) await once(controller.signal, 'abort');
    })();
    await delay(ms);
    controller.abort(reason);
    const [outcome] = await Promise.allSettled([following]);
    expect([undefined, reason]).toContain(outcome.status === 'rejected' ? outcome.reason : undefined);
    expect(activeResources()).toEqual([]);
  }
});

test('leaves nothing behind that would keep a process', async () => {
  await using list = await createList(listOf(50_000));
  const program = `
    import { openPriceFeed } from ${JSON.stringify(new URL('./feed.ts', import.meta.url).href)};
    const observer = { onLoaded() {}, onRejected() {}, onUnchanged() {} };
    const options = { signal: new AbortController().signal, pollIntervalMs: 3_600_000 };
    const feed = await openPriceFeed(${JSON.stringify(list.file)}, options, observer);
    await feed[Symbol.asyncDispose]();
    console.log(feed.table.lookup('P3'));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { timeout: 20_000 });
  expect(stdout).toBe('3.0\n');
});
