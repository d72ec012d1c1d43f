import { execFile } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from './commands.ts';

const command = (summary: string) => `import { Command } from '@oclif/core';
export default class Example extends Command {
  static override summary = '${summary}';
  async run(): Promise<void> {}
}
`;

/** What the image's files begin with. */
const entries = { 'server.js': 'src/server/bundle-main.ts', 'application.js': 'src/server/application.ts', 'load.js': 'src/load/node/bundle-main.ts' };

let checkout: string;

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'pricectl-prepare-'));
  for (const name of ['bin', 'scripts', 'README.md', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']) {
    await cp(join(root, name), join(checkout, name), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'));
  await mkdir(join(checkout, 'src', 'commands'), { recursive: true });
  await writeFile(join(checkout, 'src', 'commands', 'one.ts'), command('the first'));
  await writeFile(join(checkout, 'src', 'commands', 'two.ts'), command('the second'));
  for (const [file, entry] of Object.entries(entries)) {
    await mkdir(dirname(join(checkout, entry)), { recursive: true });
    await writeFile(join(checkout, entry), `export {};\nprocess.stdout.write('this is ${file}');\n`);
  }
});

afterEach(async () => {
  await rm(checkout, { recursive: true, force: true });
});

/** Runs the script; its exit code and all that it said. */
async function prepare(): Promise<{ readonly exitCode: number; readonly output: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(checkout, 'scripts', 'prepare.js')]);
    return { exitCode: 0, output: stdout + stderr };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !('stderr' in error) || !('stdout' in error)) throw error;
    return { exitCode: Number(error.code), output: [error.stdout, error.stderr].join('') };
  }
}

async function modeOf(name: string): Promise<number> {
  return (await stat(join(checkout, name))).mode & 0o777;
}

async function commandsInDist(): Promise<readonly string[]> {
  return (await readdir(join(checkout, 'dist', 'commands'))).toSorted();
}

test('a checkout without dist is built, with a list of its commands', async () => {
  expect(await prepare()).toEqual({ exitCode: 0, output: '' });
  expect(await commandsInDist()).toEqual(['one.js', 'two.js']);
  const manifest: unknown = JSON.parse(await readFile(join(checkout, 'dist', 'oclif.manifest.json'), 'utf8'));
  expect(manifest).toMatchObject({ commands: { one: { summary: 'the first' }, two: { summary: 'the second' } } });
});

test('other users may run what was built, as far as the umask lets them', async () => {
  await prepare();
  expect(await modeOf('dist')).toBe(await modeOf(join('src', 'commands')));
});

test('a dist of the same sources stays, whatever their times', async () => {
  await prepare();
  const { ino } = await stat(join(checkout, 'dist'));
  await utimes(join(checkout, 'src', 'commands', 'one.ts'), new Date(), new Date());
  await writeFile(join(checkout, 'src', 'commands', 'one.test.ts'), 'a test is not built');
  expect(await prepare()).toEqual({ exitCode: 0, output: '' });
  expect((await stat(join(checkout, 'dist'))).ino).toBe(ino);
});

test('outputs of a changed and of a deleted source follow', async () => {
  await prepare();
  await rm(join(checkout, 'src', 'commands', 'two.ts'));
  await writeFile(join(checkout, 'src', 'commands', 'one.ts'), command('the new'));
  await prepare();
  expect(await commandsInDist()).toEqual(['one.js']);
  expect(await readFile(join(checkout, 'dist', 'commands', 'one.js'), 'utf8')).toContain('the new');
});

async function readImage(): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(join(checkout, 'dist', 'image'));
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(checkout, 'dist', 'image', name), 'utf8')])));
}

test('the files of the image are made with it, from the packages of the lock file, and are always the same', async () => {
  await prepare();
  const image = await readImage();
  for (const file of Object.keys(entries)) expect(image[file]).toContain(`this is ${file}`);
  expect(JSON.parse(image['package.json'] ?? '')).toMatchObject({ type: 'module', version: expect.stringMatching(/^\d/) });
  await appendFile(join(checkout, 'package-lock.json'), '\n');
  const { ino } = await stat(join(checkout, 'dist'));
  await prepare();
  expect((await stat(join(checkout, 'dist'))).ino).not.toBe(ino);
  expect(await readImage()).toEqual(image);
});

test('an import that a bundle can not have fails the build', async () => {
  await writeFile(join(checkout, entries['load.js']), `// @ts-expect-error -- nobody has it\nimport 'no-such-package';\n`);
  expect(await prepare()).toMatchObject({ exitCode: 1, output: expect.stringContaining('no-such-package') });
  expect(await readdir(checkout)).not.toContain('dist');
});

test('a type error fails the build and leaves dist as it was', async () => {
  await prepare();
  await writeFile(join(checkout, 'src', 'commands', 'one.ts'), 'export const wrong: number = "text";');
  const { exitCode, output } = await prepare();
  expect(exitCode).toBe(1);
  expect(output).toContain('one.ts');
  expect(await commandsInDist()).toEqual(['one.js', 'two.js']);
  expect((await readdir(checkout)).filter((name) => name.startsWith('.dist-'))).toEqual([]);
});

test('a command that cannot be loaded fails the build', async () => {
  await writeFile(join(checkout, 'src', 'commands', 'two.ts'), `${command('broken')}throw new Error('broken');\n`);
  expect((await prepare()).exitCode).toBe(1);
  expect(await readdir(checkout)).not.toContain('dist');
});

test('without development dependencies nothing is done and nothing is said', async () => {
  await rm(join(checkout, 'node_modules'));
  expect(await prepare()).toEqual({ exitCode: 0, output: '' });
  expect(await readdir(checkout)).not.toContain('dist');
});
