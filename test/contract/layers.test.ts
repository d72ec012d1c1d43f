import { join } from 'node:path';
import { expect, test } from 'vitest';
import { houseRules } from './layer-rules.ts';
import { readSourceTree, toSourceFile } from './source-tree.ts';

const src = join(import.meta.dirname, '..', '..', 'src');

test('the whole tree is read', async () => {
  const files = await readSourceTree(src);
  expect(files.length).toBeGreaterThan(30);
  expect(files.flatMap((file) => file.references).length).toBeGreaterThan(files.length);
  expect(files.find((file) => file.path === 'tools/process.ts')?.references).toContainEqual({ specifier: 'execa', isReExport: false });
});

test.each(Object.entries(houseRules))('the sources keep to the rule: %s', async (_name, rule) => {
  expect(rule(await readSourceTree(src))).toEqual([]);
});

test('each form of import is read, comments are not', () => {
  const file = toSourceFile(
    'x.ts',
    `import a from 'a'; // import x from 'comment'
import type { B } from 'b';
import {
  c,
  type D,
} from 'c';
import 'side-effect';
/* import y from 'block'; */
const link = 'https://example.com/';
export { e } from 'e';
export * from 'f';
const load = () => import('g');
export function notAnImport(from: string) { return Array.from('h'); }
type I = import('i').I;
`,
  );
  const names = file.references.map(({ specifier }) => specifier).toSorted();
  expect(names).toEqual(['a', 'b', 'c', 'e', 'f', 'g', 'i', 'side-effect']);
  expect(file.references.filter(({ isReExport }) => isReExport)).toHaveLength(2);
});

/** For each rule, files that break it once each. */
const violations: readonly (readonly [rule: string, path: string, text: string])[] = [
  ['layers', 'elsewhere/x.ts', ''],
  ['layers', 'commands/x.ts', `import { a } from '../server/app.ts';`],
  ['layers', 'commands/x.ts', `import A from './a.ts';`],
  ['layers', 'cli/x.ts', `import A from '../commands/a.ts';`],
  ['layers', 'workflows/x.ts', `import { a } from '../cli/a.ts';`],
  ['layers', 'workflows/x.ts', `const a = await import('../server/a.ts');`],
  ['layers', 'prices/x.ts', `import { a } from '../load/a.ts';`],
  ['layers', 'load/x.ts', `import type { A } from '../prices/a.ts';`],
  ['layers', 'load/node/x.ts', `import { a } from '../../targets/kubernetes/a.ts';`],
  ['layers', 'load/k6-operator/x.ts', `import { a } from '../../targets/local/a.ts';`],
  ['layers', 'autoscale/x.ts', `import { a } from '../tools/clock.ts';`],
  ['layers', 'targets/x.ts', `import { a } from '../load/a.ts';`],
  ['layers', 'targets/local/x.ts', `import { a } from '../../server/a.ts';`],
  ['layers', 'report/x.ts', `import { a } from '../targets/a.ts';`],
  ['layers', 'web/x.ts', `import { a } from '../workflows/a.ts';`],
  ['layers', 'tools/x.ts', `import { a } from '../prices/a.ts';`],
  ['layers', 'server/x.ts', `import { a } from '../tools/clock.ts';`],
  ['packages', 'tools/docker.ts', `import { execa } from 'execa';`],
  ['packages', 'load/x.ts', `import { Client } from 'undici';`],
  ['packages', 'workflows/x.ts', `import { Flags } from '@oclif/core/flags';`],
  ['packages', 'commands/x.ts', `import { Listr } from 'listr2';`],
  ['packages', 'commands/x.ts', `import express from 'express';`],
  ['packages', 'workflows/x.ts', `import { spawn } from 'node:child_process';`],
  ['packages', 'cli/x.ts', `import leftPad from 'left-pad';`],
  ['purity', 'autoscale/x.ts', `import { readFile } from 'node:fs/promises';`],
  ['layers', 'load/merge-sinks.ts', `import { systemClock } from '../tools/clock.ts';`],
  ['purity', 'load/summary.ts', `const now = Date.now();`],
  ['purity', 'load/thresholds.ts', `const limit = process.env['LIMIT'];`],
  ['environment', 'targets/local/x.ts', `const home = process.env['HOME'];`],
  ['sizes', 'commands/x.ts', 'a\n'.repeat(91)],
  ['sizes', 'load/x.ts', 'a\n'.repeat(251)],
  ['exportForms', 'load/x.ts', 'export default class A {}'],
  ['exportForms', 'commands/x.ts', 'export class A {}'],
  ['exportForms', 'load/x.ts', `export * from './a.ts';`],
  ['moduleState', 'load/x.ts', 'let counter = 0;'],
  ['cycles', 'load/x.ts', `import type { A } from './x.ts';`],
  ['resolution', 'load/x.ts', `import { a } from './missing.ts';`],
];

test.each(violations)('%s finds what is wrong in %s (%#)', (name, path, text) => {
  expect(houseRules[name]?.([toSourceFile(path, text)])).toHaveLength(1);
});

test('cycles finds the way round', () => {
  const files = [
    toSourceFile('load/a.ts', `import './b.ts';`),
    toSourceFile('load/b.ts', `import './c.ts';`),
    toSourceFile('load/c.ts', `import './b.ts';`),
  ];
  expect(houseRules['cycles']?.(files)).toEqual(['load/b.ts -> load/c.ts -> load/b.ts']);
});

test('what the house allows is no violation', () => {
  const files = [
    toSourceFile('commands/serve.ts', `import { a } from '../server/app.ts';\nexport default class Serve {}`),
    toSourceFile('server/app.ts', `import express from 'express';\nimport { b } from '../prices/b.ts';`),
    toSourceFile('prices/b.ts', `import { readFile } from 'node:fs/promises';`),
    toSourceFile('autoscale/c.ts', `// Date.now() is for others\nimport { UsageError } from '../tools/errors.ts';`),
    toSourceFile('tools/errors.ts', ''),
  ];
  expect(Object.values(houseRules).flatMap((rule) => rule(files))).toEqual([]);
});
