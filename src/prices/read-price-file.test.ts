import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, open, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { lookAtFile } from './file-state.ts';
import { createFolder } from './prices.fixture.ts';
import { readPriceFile } from './read-price-file.ts';

const read = (path: string, expectedState?: string) => readPriceFile({ path, label: 'the list', expectedState });

const expectCode = (path: string, code: string) => expect(read(path)).rejects.toThrow(expect.objectContaining({ kind: 'environment', code }));

const stateOf = async (path: string) => (await lookAtFile(path, 'the list')).state;

test('reads a file behind links', async () => {
  await using folder = await createFolder();
  await writeFile(join(folder.path, 'a'), 'a,1\n');
  await symlink('a', join(folder.path, 'b'));
  await symlink('b', join(folder.path, 'c'));
  const { bytes, checkUnchanged } = await read(join(folder.path, 'c'), await stateOf(join(folder.path, 'a')));
  expect(Buffer.from(bytes).toString()).toBe('a,1\n');
  await checkUnchanged();
});

test('says why a file can not be read', async () => {
  await using folder = await createFolder();
  const path = join(folder.path, 'x');
  await expectCode(path, 'PRICECTL_E_FILE_ENOENT');
  await expectCode(folder.path, 'PRICECTL_E_FILE_EISDIR');
  await writeFile(path, 'a,1\n');
  await expectCode(join(path, 'below'), 'PRICECTL_E_FILE_ENOTDIR');
  await symlink('loop', join(folder.path, 'loop'));
  await expectCode(join(folder.path, 'loop'), 'PRICECTL_E_FILE_ELOOP');
  await expectCode(join(folder.path, 'n'.repeat(300)), 'PRICECTL_E_FILE_ENAMETOOLONG');
});

test('does not wait for the writer of a named pipe', async () => {
  await using folder = await createFolder();
  const path = join(folder.path, 'pipe');
  execFileSync('mkfifo', [path]);
  await expect(read(path)).rejects.toThrow(expect.objectContaining({ kind: 'environment', code: 'PRICECTL_E_PRICES_NOT_A_FILE' }));
});

test.skipIf(process.getuid?.() === 0)('says that a file may not be read', async () => {
  await using folder = await createFolder();
  const path = join(folder.path, 'x');
  await writeFile(path, 'a,1\n');
  await chmod(path, 0);
  await expect(read(path)).rejects.toThrow(expect.objectContaining({ kind: 'environment', code: 'PRICECTL_E_FILE_EACCES' }));
});

test('refuses a file above 4 GiB without reading it', async () => {
  await using folder = await createFolder();
  const path = join(folder.path, 'x');
  const file = await open(path, 'w');
  await file.truncate(2 ** 32 + 1);
  await file.close();
  await expect(read(path)).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_PRICES_INVALID', line: null }));
});

test('does not read a file that is in another state than expected', async () => {
  await using folder = await createFolder();
  const path = join(folder.path, 'x');
  await writeFile(path, 'a,1\n');
  const state = await stateOf(path);
  appendFileSync(path, 'b,2\n');
  await expect(read(path, state)).rejects.toThrow(expect.objectContaining({ kind: 'environment', code: 'PRICECTL_E_PRICES_CHANGING' }));
});

test('drops what it read of a file that changed meanwhile', async () => {
  await using folder = await createFolder();
  const path = join(folder.path, 'x');
  const line = Buffer.from('a,1\n');
  writeFileSync(path, Buffer.alloc(64 * 1_048_576, line));
  const changes: [string, () => void][] = [
    ['grows', () => appendFileSync(path, line)],
    ['is replaced', () => {
      writeFileSync(`${path}.new`, line);
      renameSync(`${path}.new`, path);
    }],
  ];
  for (const [what, change] of changes) {
    const timer = setInterval(change, 1);
    try {
      // Not the file itself: the words for one that was taken would hold 64 MiB of it.
      await expect(read(path).then(({ bytes }) => bytes.byteLength), what).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_PRICES_CHANGING' }));
    } finally {
      clearInterval(timer);
    }
  }
});

test.each<[string, (path: string) => Promise<void>]>([
  ['is written', (path) => writeFile(path, 'a,2\n')],
  ['is replaced', async (path) => {
    await writeFile(`${path}.new`, 'a,1\n');
    await rename(`${path}.new`, path);
  }],
  ['vanishes', (path) => rename(path, `${path}.old`)],
  ['gives way to a folder', async (path) => {
    await rename(path, `${path}.old`);
    await mkdir(path);
  }],
  ['gets another time', (path) => utimes(path, 1, 1)],
])('notices that the file %s after it was read', async (_, change) => {
  await using folder = await createFolder();
  const path = join(folder.path, 'x');
  await writeFile(path, 'a,1\n');
  await utimes(path, 2, 2);
  const { checkUnchanged } = await read(path);
  await change(path);
  await expect(checkUnchanged()).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_PRICES_CHANGING' }));
});

test('leaves no descriptor open when its thread is ended meanwhile', async () => {
  await using folder = await createFolder();
  const request = { path: join(folder.path, 'a'), label: 'the list', expectedState: undefined };
  await writeFile(request.path, 'a,1\n');
  const source = `
    import { parentPort } from 'node:worker_threads';
    import { readPriceFile } from ${JSON.stringify(new URL('read-price-file.ts', import.meta.url).href)};
    const readOn = async () => {
      for (;;) await readPriceFile(${JSON.stringify(request)});
    };
    for (let reader = 0; reader < 8; reader += 1) readOn();
    parentPort.postMessage('reads');`;
  const entry = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  const descriptors: number[] = [];
  // So many read at once that some are always just opening or closing the file.
  for (let round = 0; round < 20; round += 1) {
    const worker = new Worker(entry, { execArgv: [] });
    await once(worker, 'message');
    await delay(Math.random() * 5);
    await worker.terminate();
    descriptors.push(readdirSync('/dev/fd').length);
  }
  expect(descriptors.at(-1)).toBe(descriptors[0]);
});
