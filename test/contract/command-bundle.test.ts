import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './commands.ts';

const dist = join(root, 'dist');

/** The files that a file of `dist` loads at its start, itself among them, as paths in `dist`. */
function loadedBy(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, specifier = ''] of readFileSync(join(dist, file), 'utf8').matchAll(/^import (?:[^"]* from )?"(\.[^"]+)";$/gm)) {
    loadedBy(relative(dist, join(dist, dirname(file), specifier)), found);
  }
  return found;
}

test.each(['server/main.js', 'targets/local/supervisor-main.js', 'prices/table-worker.js', 'load/node/worker.js'])('%s loads no command line', (program) => {
  const loaded = [...loadedBy(program)];
  expect(loaded.length).toBeGreaterThan(2);
  expect(loaded.filter((file) => /oclif|common|light/.test(file))).toEqual([]);
});

test('a start without oclif is five files', () => {
  const loaded = loadedBy('cli/run-lightly.js');
  expect(loaded).toContain('chunks/light.js');
  expect([...loaded].filter((file) => /oclif|common/.test(file))).toEqual([]);
  expect(loaded.size).toBeLessThan(6);
});

test('a command that asks a service is about ten files', () => {
  const loaded = [...loadedBy('cli/launch.js'), ...loadedBy('commands/price.js')];
  expect(loaded).toContain('chunks/oclif.js');
  expect(new Set(loaded).size).toBeLessThan(12);
});

test('no built file makes an ES module of one of Node', () => {
  const files = globSync('**/*.js', { cwd: dist });
  expect(files.length).toBeGreaterThan(50);
  const importing = files.filter((file) => /^import\b[^'"`\n]*["'`]node:|\bfrom ?["'`]node:/m.test(readFileSync(join(dist, file), 'utf8')));
  expect(importing).toEqual([]);
});

test('the licences of what is bundled are there', () => {
  const licenses = readFileSync(join(dist, 'licenses.txt'), 'utf8');
  for (const name of ['@oclif/core', 'ejs', 'minimatch']) expect(licenses).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
});
