import { readdir, stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { DockerBuild } from '../../tools/docker.ts';
import { EnvironmentError, ToolError } from '../../tools/errors.ts';
import { ensureImage, planImage } from './image.ts';
import { createFakeDocker, createImageSources } from './image.fixture.ts';

const local = { baseImage: 'node:26-bookworm-slim', registry: null };

function createContext() {
  const told: string[] = [];
  return { signal: new AbortController().signal, progress: (text: string) => void told.push(text), told };
}

test.each([
  [null, 'localhost/price-api'],
  ['registry.example.com/team', 'registry.example.com/team/price-api'],
  ['registry.example.com:5000/', 'registry.example.com:5000/price-api'],
])('with the registry %j the image is %s, by its content', async (registry, name) => {
  await using sources = await createImageSources();
  const image = await planImage(sources, { ...local, registry }, '1.2.3');
  expect(image.name.replace(/:[0-9a-f]{12}$/, '')).toBe(name);
});

test('builds an image that is not there, once, and tells how that goes', async () => {
  await using sources = await createImageSources();
  const image = await planImage(sources, local, '1.2.3');
  const builds: (DockerBuild & { files: readonly string[] })[] = [];
  const docker = createFakeDocker(async (build) => {
    builds.push({ ...build, files: await readdir(build.folder) });
    build.onLine('Step 1/2 : FROM x');
    build.onLine('  ');
  });
  const context = createContext();
  expect(await ensureImage(docker, image, context)).toEqual({ outcome: 'done', detail: `${image.name}, 304 MB` });
  expect(builds).toMatchObject([{ image: image.name, buildArgs: { BASE_IMAGE: local.baseImage, VERSION: '1.2.3' }, files: image.files.map(([name]) => name) }]);
  expect(context.told).toEqual(['docker build: Step 1/2 : FROM x']);
  await expect(stat(builds[0]?.folder ?? '')).rejects.toThrow('ENOENT');
  expect(await ensureImage(docker, image, createContext())).toEqual({ outcome: 'unchanged', detail: `${image.name}, 304 MB` });
  expect(builds).toHaveLength(1);
});

test('a failed build tells its last lines, and leaves no folder', async () => {
  await using sources = await createImageSources();
  const image = await planImage(sources, local, '1.2.3');
  let folder = '';
  const failure = new ToolError('PRICECTL_E_TOOL_FAILED', 'docker ended with 1');
  const docker = createFakeDocker(async (build) => {
    folder = build.folder;
    for (let line = 1; line <= 12; line += 1) build.onLine(`line ${line}.`);
    throw failure;
  });
  const error: unknown = await ensureImage(docker, image, createContext()).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'PRICECTL_E_IMAGE_BUILD', kind: 'tool', cause: failure, hints: ['docker pull node:26-bookworm-slim'] });
  expect(String(error)).toMatch(/:\n {4}line 3\.\n(.*\n){8} {4}line 12\.$/);
  expect(String(error)).not.toContain('line 2.');
  await expect(stat(folder)).rejects.toThrow('ENOENT');
});

test('a build that fails without a word tells what docker ended with', async () => {
  await using sources = await createImageSources();
  const docker = createFakeDocker(async () => {
    throw new ToolError('PRICECTL_E_TOOL_FAILED', 'docker ended with 1');
  });
  const building = ensureImage(docker, await planImage(sources, local, '1.2.3'), createContext());
  await expect(building).rejects.toThrow('docker ended with 1');
});

test('an engine that is not there, and an abort, pass as they are', async () => {
  await using sources = await createImageSources();
  const image = await planImage(sources, local, '1.2.3');
  for (const failure of [new EnvironmentError('PRICECTL_E_DOCKER_DOWN', 'no engine'), new Error('aborted')]) {
    const docker = createFakeDocker(async () => {
      throw failure;
    });
    await expect(ensureImage(docker, image, createContext())).rejects.toBe(failure);
  }
});

test('a build that left no image is no success', async () => {
  await using sources = await createImageSources();
  const docker = createFakeDocker(async () => {});
  docker.images.set = () => docker.images;
  const building = ensureImage(docker, await planImage(sources, local, '1.2.3'), createContext());
  await expect(building).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_IMAGE_BUILD' }));
});
