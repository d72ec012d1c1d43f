import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { root } from './commands.ts';

/** A row of a table: the cells by the words of the head above them. */
type Row = Readonly<Record<string, string>>;

async function readPage(): Promise<string> {
  return readFile(join(root, 'docs', 'reliability.md'), 'utf8');
}

/** The rows of all tables of a page that have a column `test`. */
function rowsOf(markdown: string): readonly Row[] {
  const tables = markdown.split('\n\n').map((block) => block.split('\n').filter((line) => line.startsWith('|')).map(cellsOf));
  return tables.flatMap(([head = [], _line, ...rows]) => (head.includes('test') ? rows.map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index] ?? '']))) : []));
}

function cellsOf(line: string): readonly string[] {
  return line.split('|').slice(1, -1).map((cell) => cell.trim());
}

/** The test files and their folders that a cell names. A name without a folder lies where the one before it does. */
function pathsIn(cell: string): readonly string[] {
  let folder = '';
  return [...cell.matchAll(/`((?:src|test)\/[^` ]+|[\w-]+\.test\.ts)`/g)].map(([, name = '']) => {
    if (name.includes('/')) folder = dirname(name);
    return name.includes('/') ? name : join(folder, name);
  });
}

/** What is wrong with the tests of a page's rows, a sentence each. */
function findMistakes(rows: readonly Row[], isThere: (path: string) => boolean): readonly string[] {
  let before: readonly string[] = [];
  return rows.flatMap((row) => {
    const { test: cell = '' } = row;
    const name = row['fault'] ?? row['claim'] ?? '';
    const paths = pathsIn(cell);
    before = cell.startsWith('the same') ? [...before, ...paths] : paths;
    const lost = paths.filter((path) => !isThere(path)).map((path) => `${name}: there is no ${path}`);
    if (before.length > 0) return lost;
    return /^none yet.*\w/.test(cell) ? lost : [...lost, `${name}: no test, and no reason why`];
  });
}

test('each row of the page on reliability names tests that are there, or says why there is none yet', async () => {
  const rows = rowsOf(await readPage());
  expect(rows.length).toBeGreaterThan(40);
  expect(findMistakes(rows, (path) => existsSync(join(root, path)))).toEqual([]);
});

test('its exit codes are those that commands have', async () => {
  const codes = new Set<number>(Object.values(exitCodes));
  const said = rowsOf(await readPage()).flatMap((row) => [...(row['exit code'] ?? '').matchAll(/(?:^|, )(\d+)/g)].map(([, code]) => Number(code)));
  expect(said.length).toBeGreaterThan(20);
  expect(said.filter((code) => !codes.has(code))).toEqual([]);
});

test('each test of faults has its row', async () => {
  const named = new Set(rowsOf(await readPage()).flatMap(({ test: cell = '' }) => pathsIn(cell)));
  const files = (await readdir(join(root, 'test', 'faults'))).filter((name) => name.endsWith('.test.ts')).map((name) => `test/faults/${name}`);
  expect(files.filter((file) => !named.has(file))).toEqual([]);
});

test.each([
  ['`src/a.test.ts`', []],
  ['`src/a.test.ts`, `a.test.ts`', []],
  ['`src/a.test.ts`, `b.test.ts`', ['x: there is no src/b.test.ts']],
  ['`test/c.test.ts` (as root)', ['x: there is no test/c.test.ts']],
  ['all of `src/a.test.ts`, where `ulimit -n` allows it', []],
  ['none yet', ['x: no test, and no reason why']],
  ['none yet (no time-out ends it)', []],
  ['', ['x: no test, and no reason why']],
])('%j is understood', (cell, mistakes) => {
  const rows = rowsOf(`text\n\n| fault | test |\n|---|---|\n| x | ${cell} |\n`);
  expect(findMistakes(rows, (path) => path === 'src/a.test.ts')).toEqual(mistakes);
});

test.each([
  ['`src/a.test.ts`', []],
  ['none yet (why)', ['y: no test, and no reason why']],
])('a row with the same tests as the one before, %s, has tests if that has some', (cell, mistakes) => {
  expect(findMistakes(rowsOf(`| fault | test |\n|---|---|\n| x | ${cell} |\n| y | the same |\n`), () => true)).toEqual(mistakes);
});
