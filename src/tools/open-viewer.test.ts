import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openInViewer } from './open-viewer.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pricectl opener '));
});
afterAll(() => rm(folder, { recursive: true }));

async function opener(name: string, exitCode: number): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\nprintf '%s\\n' "$#" "$1" >"$OUT"\nexit ${exitCode}\n`);
  await chmod(join(folder, name), 0o700);
}

test.each([
  ['linux', 'xdg-open'],
  ['darwin', 'open'],
] as const)('on %s %s gets the target as one argument', async (platform, name) => {
  await opener(name, 0);
  const out = join(folder, name + '.out');
  const target = `${folder}/it's "$(touch x)" here.html`;
  expect(await openInViewer(target, { PATH: folder, OUT: out }, platform)).toBe(true);
  expect(await readFile(out, 'utf8')).toBe(`1\n${target}\n`);
});

test('one that finds no program says so', async () => {
  await opener('xdg-open', 3);
  expect(await openInViewer('x', { PATH: folder, OUT: '/dev/null' }, 'linux')).toBe(false);
});

test('where there is none nothing is opened', async () => {
  expect(await openInViewer('x', { PATH: join(folder, 'nowhere') }, 'linux')).toBe(false);
});
