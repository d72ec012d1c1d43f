import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import { constants, getPriority } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { buildTable } from './build-table.ts';
import { type DownloadLimits, downloadLimits } from './download.ts';
import { lookAtFile } from './file-state.ts';
import { startRawServer, startServer } from './price-server.fixture.ts';
import { createFolder, listOf, tableOf, toBuffer } from './prices.fixture.ts';
import type { TableInput } from './table-request.ts';

const { signal } = new AbortController();
const small = listOf(4);
const large = listOf(50_000);

const build = (input: TableInput, knownSha256?: string) => buildTable({ input, label: 'the list', knownSha256 }, signal);

const bytesOf = (content: string | Uint8Array): TableInput => ({ kind: 'bytes', bytes: toBuffer(content) });

/** The priority of each thread of this process: field 19 (proc_pid_stat(5)), counted from behind the command's name, which may have blanks. */
function threadPriorities(): number[] {
  return readdirSync('/proc/self/task').map((task) => Number(readFileSync(`/proc/self/task/${task}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[16]));
}

test.each([
  ['small', small],
  ['large', large],
])('builds the table of a %s list', async (_, content) => {
  const built = await build(bytesOf(content));
  expect(built?.table).toMatchObject({ bytes: content.length, rows: content.split('\n').length - 1 });
  expect(built?.table.lookup('P3')).toBe('3.0');
  await built?.end();
  expect(process.getActiveResourcesInfo()).not.toContain('MessagePort');
});

test.each([
  ['small', small],
  ['large', large],
])('does not build the table of a %s list that is known', async (_, content) => {
  const built = await build(bytesOf(content));
  await built?.end();
  expect(await build(bytesOf(content), built?.table.sha256)).toBeUndefined();
  expect(process.getActiveResourcesInfo()).not.toContain('MessagePort');
});

test('reads a gzipped list from a file, bytes or a URL, in a thread, and describes what is in it', async () => {
  await using folder = await createFolder();
  for (const content of [small, large]) {
    const packed = gzipSync(content);
    const path = join(folder.path, 'prices.txt.gz');
    await writeFile(path, packed);
    await using server = await startServer((_, response) => response.end(packed));
    const plain = await build(bytesOf(content));
    await plain?.end();
    for (const input of [bytesOf(packed), { kind: 'file', path, expectedState: undefined }, { kind: 'url', url: server.url.href, limits: downloadLimits }] as const) {
      const building = build(input);
      await vi.waitFor(() => expect(process.getActiveResourcesInfo()).toContain('MessagePort'), { interval: 1 });
      const built = await building;
      expect(built?.table).toMatchObject({ bytes: content.length, rows: plain?.table.rows, sha256: plain?.table.sha256 });
      expect(built?.table.lookup('P3')).toBe('3.0');
      await built?.end();
    }
    expect(await build(bytesOf(gzipSync(content, { level: 1 })), plain?.table.sha256)).toBeUndefined();
  }
  await writeFile(join(folder.path, 'cut'), gzipSync(large).subarray(0, -1));
  await expect(build({ kind: 'file', path: join(folder.path, 'cut'), expectedState: undefined })).rejects.toThrow(
    expect.objectContaining({ name: 'PricesInvalidError', problem: 'its gzip data is cut off' }),
  );
});

test('downloads in the thread that builds the table', async () => {
  await using server = await startServer((_, response) => response.end(large));
  const url = (limits: DownloadLimits): TableInput => ({ kind: 'url', url: server.url.href, limits });
  const built = await build(url(downloadLimits));
  expect(built?.table.lookup('P3')).toBe('3.0');
  await built?.end();
  expect(await build(url(downloadLimits), built?.table.sha256)).toBeUndefined();
  await expect(build(url({ ...downloadLimits, mostBytes: 1_000 }))).rejects.toThrow(expect.objectContaining({ name: 'PricesInvalidError', line: null }));
});

test('tells a failed download as it was', async () => {
  await using server = await startServer((_, response) => response.writeHead(503, { 'retry-after': '7' }).end());
  await expect(build({ kind: 'url', url: server.url.href, limits: downloadLimits })).rejects.toThrow(
    expect.objectContaining({ name: 'PricesDownloadError', code: 'PRICECTL_E_PRICES_STATUS', isTransient: true, retryAfterMs: 7_000 }),
  );
});

test('ends a download with its thread when it is aborted', async () => {
  const closed = Promise.withResolvers<void>();
  const controller = new AbortController();
  const reason = new Error('enough');
  await using server = await startRawServer('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\na,1\n', (socket) => {
    socket.on('close', () => closed.resolve());
    controller.abort(reason);
  });
  const input: TableInput = { kind: 'url', url: server.url.href, limits: downloadLimits };
  await expect(buildTable({ input, label: 'the list', knownSha256: undefined }, controller.signal)).rejects.toBe(reason);
  await closed.promise;
});

test('takes the memory of the table that was replaced', async () => {
  const replaced = tableOf(large);
  const built = await build(bytesOf(large));
  expect(replaced.lookup('P3')).toBe('3.0');
  await built?.end(replaced);
  expect(() => replaced.lookup('P3')).toThrow('given back');
  expect(built?.table.lookup('P3')).toBe('3.0');
  expect(process.getActiveResourcesInfo()).not.toContain('MessagePort');
});

test.runIf(process.platform === 'linux')('builds the table of a reload with less priority than the first one', async () => {
  const own = getPriority();
  const first = await build(bytesOf(large));
  expect(new Set(threadPriorities())).toEqual(new Set([own]));
  const second = await build(bytesOf(large), 'another');
  expect(threadPriorities().filter((priority) => priority !== own)).toEqual([constants.priority.PRIORITY_BELOW_NORMAL]);
  expect(getPriority()).toBe(own);
  await first?.end();
  await second?.end();
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
  expect(process.getActiveResourcesInfo()).not.toContain('MessagePort');
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
  const building = buildTable({ input: bytesOf(large), label: 'the list', knownSha256: undefined }, controller.signal);
  controller.abort(reason);
  await expect(building).rejects.toBe(reason);
  expect(process.getActiveResourcesInfo()).not.toContain('MessagePort');
});

test('reports a bug in the thread as a bug', async () => {
  // What the thread can't work with.
  const input: TableInput = bytesOf(large);
  const request = { input, label: 'the list', knownSha256: undefined, get oddity() {
    throw new TypeError('odd');
  } };
  await expect(buildTable(request, signal)).rejects.toThrow('odd');
  expect(process.getActiveResourcesInfo()).not.toContain('MessagePort');
});
