import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadCommands, root } from './commands.ts';

const path = join(root, 'dist', 'pricectl.1');
const hasMandoc = spawnSync('mandoc', ['-h']).error === undefined;

test('the manual page has every command and flag, and the exit codes', async () => {
  const page = (await readFile(path, 'utf8')).replaceAll('\\-', '-');
  const commands = (await loadCommands()).filter(({ isHidden }) => !isHidden);
  const flags = new Set(commands.flatMap((command) => command.flags.map((flag) => /--[\w[\]-]+/.exec(flag)?.[0] ?? flag)));
  expect(commands.filter(({ name }) => !page.includes(`.SS pricectl ${name}`))).toEqual([]);
  expect([...flags].filter((flag) => !page.includes(`\\fB${flag}\\fR`))).toEqual([]);
  expect(page).toMatch(/\.TP\n130, 143\ninterrupted, terminated/);
});

test.skipIf(!hasMandoc)('the manual page is well-formed', () => {
  const { stdout, status } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', path], { encoding: 'utf8' });
  // It has no date: the same sources give the same bytes.
  expect(stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'))).toEqual([]);
  expect(status).toBeLessThan(3);
});
