import { access, chmod, chown, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { controlSocket, findSocketsFolders, makeSocketsFolder, removeSocketsFolders, replicaSocket } from './sockets-folder.ts';

let temporary: string;
let service: string;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'test-'));
  service = join(temporary, 'state', 'local', 'namespace', 'name');
});

afterEach(async () => {
  await removeSocketsFolders(service, join(temporary, 'any'));
  await rm(temporary, { recursive: true, force: true });
});

test('the folder is private and is found by the service that it belongs to', async () => {
  const folder = await makeSocketsFolder(service, temporary);
  expect(dirname(folder)).toBe(temporary);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect(await findSocketsFolders(service, folder)).toEqual([folder]);
  expect(await findSocketsFolders(`${service}2`, folder)).toEqual([]);
});

test('with a long temporary folder the sockets go where their paths are short enough', async () => {
  const long = join(temporary, 'x'.repeat(90));
  await mkdir(long);
  const folder = await makeSocketsFolder(service, long);
  expect(dirname(folder)).toBe('/tmp');
  for (const socket of [controlSocket(folder), replicaSocket(folder, 99_999_999)]) expect(Buffer.byteLength(socket)).toBeLessThan(104);
});

test('only folders of the service are removed, wherever they are', async () => {
  vi.stubEnv('TMPDIR', temporary);
  const folders = [await makeSocketsFolder(service), await makeSocketsFolder(service, '/tmp')];
  const foreign = await makeSocketsFolder(`${service}2`);
  const file = `${folders[0]}f`;
  await writeFile(file, '');
  const link = `${folders[0]}l`;
  await symlink(foreign, link);
  expect(await removeSocketsFolders(service)).toBe(true);
  for (const folder of folders) await expect(access(folder)).rejects.toMatchObject({ code: 'ENOENT' });
  for (const path of [foreign, file, link]) await access(path);
  expect(await removeSocketsFolders(service)).toBe(false);
});

test('a name that somebody made beside it is never taken for it, whatever it leads to and says', async () => {
  vi.stubEnv('TMPDIR', temporary);
  const folder = await makeSocketsFolder(service, temporary);
  await symlink(folder, `${folder}l`);
  await mkdir(`${folder}s`);
  await chmod(`${folder}s`, 0o777);
  if (process.getuid?.() === 0) {
    const foreign = await makeSocketsFolder(service, temporary);
    await chown(foreign, 65_534, 65_534);
  }
  expect(await findSocketsFolders(service)).toEqual([folder]);
});
