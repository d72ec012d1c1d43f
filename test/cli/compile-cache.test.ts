import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** Runs a light command and one with oclif, and returns the names of all that is in `folder` then. */
async function runIn(folder: string, env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  for (const args of [['price', 'P124', '--target', 'local'], ['price', '--target', 'local', '--', 'P124']]) {
    const options = { cwd: folder, env: { PATH: process.env['PATH'] ?? '', ...env }, extendEnv: false, reject: false } as const;
    const { exitCode, stderr } = await execa(process.execPath, [launcher, ...args], options);
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: expect.stringMatching(/^Error: the service is not up/) });
  }
  return (await readdir(folder)).toSorted();
}

test('what was compiled is kept in TMPDIR, else where Node is told to, and nowhere else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl-cache-'));
  try {
    expect(await runIn(folder, { HOME: folder, TMPDIR: join(folder, 'tmp') })).toEqual(['tmp']);
    expect(await readdir(join(folder, 'tmp'))).toEqual(['node-compile-cache']);
    expect(await runIn(folder, { HOME: folder, TMPDIR: join(folder, 'other'), NODE_COMPILE_CACHE: join(folder, 'cache') })).toEqual(['cache', 'tmp']);
    expect(await runIn(folder, { HOME: folder, TMPDIR: join(folder, 'third'), NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual(['cache', 'tmp']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('without a place for it, and without a home, pricectl runs all the same and writes nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl-cache-'));
  try {
    await writeFile(join(folder, 'file'), '');
    const nowhere = join(folder, 'file', 'nothing');
    expect(await runIn(folder, { HOME: join(folder, 'missing'), TMPDIR: nowhere })).toEqual(['file']);
    expect(await runIn(folder, { HOME: join(folder, 'missing'), NODE_COMPILE_CACHE: nowhere })).toEqual(['file']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
