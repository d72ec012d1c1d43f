import { chmod, chown, lstat, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensurePrivateFolder, isPrivateFolder, stateFolder } from './files.ts';

let base: string;
let top: string;
let leaf: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'files-'));
  top = join(base, 'pricectl');
  leaf = join(top, 'local', 'shop');
});

afterEach(() => rm(base, { recursive: true }));

const foreign = 65_534;
const isRoot = process.getuid?.() === 0;

async function modes(): Promise<readonly string[]> {
  return Promise.all([top, join(top, 'local'), leaf].map(async (path) => ((await stat(path)).mode & 0o777).toString(8)));
}

test('a folder is made with its parents for its owner alone whatever the umask is, and stays so', async () => {
  const umask = process.umask(0);
  await ensurePrivateFolder(leaf, top).finally(() => process.umask(umask));
  await ensurePrivateFolder(leaf, top);
  expect(await modes()).toEqual(['700', '700', '700']);
  expect(await isPrivateFolder(leaf)).toBe(true);
});

test('many at once make the same folder', async () => {
  await Promise.all(Array.from({ length: 20 }, () => ensurePrivateFolder(leaf, top)));
  expect(await modes()).toEqual(['700', '700', '700']);
});

test('what others can read is taken from them', async () => {
  await mkdir(leaf, { recursive: true });
  for (const path of [top, leaf]) await chmod(path, 0o755);
  expect(await isPrivateFolder(leaf)).toBe(false);
  await ensurePrivateFolder(leaf, top);
  expect([(await modes())[0], (await modes())[2]]).toEqual(['700', '700']);
});

test.each(['group', 'others'])('a folder into which the %s can write is refused, and so is what is below', async (who) => {
  await mkdir(leaf, { recursive: true, mode: 0o700 });
  for (const path of [leaf, join(top, 'local'), top]) {
    await chmod(path, who === 'group' ? 0o770 : 0o702);
    await expect(ensurePrivateFolder(leaf, top), path).rejects.toMatchObject({ code: 'PRICECTL_E_SHARED_FOLDER', kind: 'environment', message: expect.stringContaining(path) });
    await chmod(path, 0o700);
  }
  await ensurePrivateFolder(leaf, top);
});

test.runIf(isRoot)("another user's folder is refused, and so is what is below", async () => {
  await mkdir(leaf, { recursive: true, mode: 0o700 });
  for (const path of [leaf, join(top, 'local'), top]) {
    await chown(path, foreign, foreign);
    await expect(ensurePrivateFolder(leaf, top), path).rejects.toMatchObject({ code: 'PRICECTL_E_FOREIGN_FOLDER', kind: 'environment' });
    await chown(path, 0, 0);
  }
});

test('an own link to an own folder is followed', async () => {
  await mkdir(join(base, 'elsewhere'), { mode: 0o700 });
  await symlink(join(base, 'elsewhere'), top);
  await ensurePrivateFolder(leaf, top);
  expect((await lstat(top)).isSymbolicLink()).toBe(true);
  expect(await isPrivateFolder(top)).toBe(false);
});

test.runIf(isRoot).each([['a link of another user', foreign, 0], ["a link to another user's folder", 0, foreign]])('%s is refused', async (_, ownerOfLink, ownerOfFolder) => {
  const { lchown } = await import('node:fs/promises');
  const elsewhere = join(base, 'elsewhere');
  await mkdir(elsewhere, { mode: 0o700 });
  await symlink(elsewhere, top);
  await lchown(top, ownerOfLink, ownerOfLink);
  await chown(elsewhere, ownerOfFolder, ownerOfFolder);
  await expect(ensurePrivateFolder(leaf, top)).rejects.toMatchObject({ code: 'PRICECTL_E_FOREIGN_FOLDER' });
});

test('what is not there, or no folder, is no private folder', async () => {
  expect(await isPrivateFolder(join(base, 'nothing'))).toBe(false);
  expect(await isPrivateFolder(join(import.meta.filename, 'x'))).toBe(false);
  const file = join(base, 'file');
  await writeFile(file, '', { mode: 0o600 });
  expect(await isPrivateFolder(file)).toBe(false);
});

function recorded(): string {
  return '/home/ann';
}

/** As the system answers for a user of whom it has no record. */
function noRecord(): string {
  throw Object.assign(new Error('uv_os_get_passwd returned ENOENT'), { code: 'ERR_SYSTEM_ERROR' });
}

test('the state folder is absolute, whatever the environment says', () => {
  expect(stateFolder({ HOME: '/h' }, noRecord)).toBe('/h/.local/state/pricectl');
  expect(stateFolder({ HOME: '/h', XDG_STATE_HOME: '/s' }, noRecord)).toBe('/s/pricectl');
  expect(stateFolder({ HOME: 'h', XDG_STATE_HOME: '/s' }, noRecord)).toBe('/s/pricectl');
  expect(stateFolder({ HOME: '/h', XDG_STATE_HOME: 's' }, noRecord)).toBe('/h/.local/state/pricectl');
  for (const HOME of [undefined, '', '.', 'h', './h', '../h', '~']) expect(stateFolder({ HOME }, recorded)).toBe('/home/ann/.local/state/pricectl');
});

test('a user without a home is told to set one', () => {
  for (const home of [noRecord, () => '']) expect(() => stateFolder({}, home)).toThrow(expect.objectContaining({ code: 'PRICECTL_E_HOME', hints: [expect.stringMatching(/HOME/)] }));
});

test('why a folder can not be made is said, with what to do', async () => {
  const file = join(base, 'file');
  await writeFile(file, '');
  const link = join(base, 'link');
  await symlink(join(base, 'nowhere'), link);
  const hints = [expect.stringMatching(/XDG_STATE_HOME/)];
  await expect(ensurePrivateFolder(file)).rejects.toMatchObject({ code: 'PRICECTL_E_FILE_EEXIST', hints });
  await expect(ensurePrivateFolder(join(file, 'a', 'b'))).rejects.toMatchObject({ code: 'PRICECTL_E_FILE_ENOTDIR', hints });
  await expect(ensurePrivateFolder(join(link, 'a', 'b'))).rejects.toMatchObject({ code: 'PRICECTL_E_FILE_ENOENT', hints });
});
