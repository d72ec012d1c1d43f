import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createImageSources } from './image.fixture.ts';
import { type ImageFiles, imageTag, readImageFiles, writeImageFiles } from './image-context.ts';

const textOf = (files: ImageFiles) => files.map(([name, content]) => [name, Buffer.from(content).toString()]);

test('an image is made of its Dockerfile and six files', async () => {
  await using sources = await createImageSources();
  expect(textOf(await readImageFiles(sources))).toEqual([
    ['Dockerfile', 'FROM x\n'],
    ['application.js', 'application.js'],
    ['licenses.txt', 'licenses.txt'],
    ['load.js', 'load.js'],
    ['package.json', 'package.json'],
    ['sbom.cdx.json', 'sbom.cdx.json'],
    ['server.js', 'server.js'],
  ]);
});

test.each(['server.js', 'application.js', 'load.js', 'licenses.txt', 'package.json', 'sbom.cdx.json'])('without %s it says how to make it', async (name) => {
  await using sources = await createImageSources();
  await rm(join(sources.bundleFolder, name));
  await expect(readImageFiles(sources)).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_NO_BUNDLE', kind: 'environment', hints: ['npm run build'] }));
});

test('a tag changes with each file and with the base, and with nothing else', async () => {
  await using sources = await createImageSources();
  const tag = imageTag(await readImageFiles(sources), 'node:26');
  expect(tag).toMatch(/^[0-9a-f]{12}$/);
  expect(imageTag(await readImageFiles(sources), 'node:26')).toBe(tag);
  const others = new Set([tag, imageTag(await readImageFiles(sources), 'node:24')]);
  for (const path of [sources.dockerfile, ...(await readdir(sources.bundleFolder)).map((name) => join(sources.bundleFolder, name))]) {
    const content = await readFile(path);
    await writeFile(path, 'other');
    others.add(imageTag(await readImageFiles(sources), 'node:26'));
    await writeFile(path, content);
  }
  expect(others.size).toBe(9);
});

test('a tag tells where one file ends and the next begins', () => {
  const one: ImageFiles = [['a', Buffer.from('xb\0y')]];
  const two: ImageFiles = [['a', Buffer.from('x')], ['b', Buffer.from('y')]];
  expect(imageTag(one, 'node:26')).not.toBe(imageTag(two, 'node:26'));
});

test('the folder of a build holds the files as anybody may read them, and goes with its disposal', async () => {
  await using sources = await createImageSources();
  const files = await readImageFiles(sources);
  const umask = process.umask(0o077);
  const folder = await writeImageFiles(files).finally(() => process.umask(umask));
  expect(await readdir(folder.path)).toEqual(files.map(([name]) => name));
  for (const [name, content] of files) {
    const path = join(folder.path, name);
    expect(await readFile(path)).toEqual(Buffer.from(content));
    expect(await stat(path)).toMatchObject({ mode: 0o100644, mtimeMs: 0 });
  }
  await folder[Symbol.asyncDispose]();
  await expect(stat(folder.path)).rejects.toThrow('ENOENT');
});
