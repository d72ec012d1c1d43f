import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './commands.ts';

const tests = globSync('{src,test,bench}/**/*.test.ts', { cwd: root });

test.each(['SECURITY.md', 'docs/reliability.md'])('every test that %s names is there', (page) => {
  const named = [...readFileSync(join(root, page), 'utf8').matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(20);
  // A name alone is that of a file beside the one before it.
  expect(named.filter((path) => !tests.some((each) => (path.includes('/') ? each === path : basename(each) === path)))).toEqual([]);
});
