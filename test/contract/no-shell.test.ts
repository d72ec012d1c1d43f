import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { guardScript } from '../../src/tools/process-guard.ts';
import { root } from './commands.ts';
import { readSourceTree, toSourceFile } from './source-tree.ts';

const sources = [
  ...(await readSourceTree(join(root, 'src'))),
  ...globSync('bin/*.js', { cwd: root }).map((path) => toSourceFile(path, readFileSync(join(root, path), 'utf8'))),
];

/** Every match of a pattern in the sources, with its file. */
function find(pattern: RegExp): readonly string[] {
  return sources.flatMap(({ path, code }) => [...code.matchAll(pattern)].map(([match]) => `${path}: ${match}`));
}

test('no program is started by way of a shell', () => {
  expect(sources.length).toBeGreaterThan(400);
  expect(find(/\bshell:\s*(?:true|process|env|['"`]).*/g)).toEqual([]);
  expect(find(/\b(?:execSync|execaCommand\w*|parseCommandString|execaNode|\$`|execa`).*/g)).toEqual([]);
  const imported = find(/(?:import|const) ?\{[^}]*\} ?(?:from|= ?(?:require|process\.getBuiltinModule)\()\s*'(?:node:)?child_process'/g);
  expect(imported.length).toBeGreaterThan(5);
  for (const line of imported) expect(line).toMatch(/: (?:import|const) \{ (?:(?:type ChildProcess|spawn|fork|execFile)(?:, )?)+ \}/);
  expect(find(/'(?:node:)?child_process'/g)).toHaveLength(imported.length);
});

test('the two shell scripts that there are hold nothing that anybody gave', () => {
  expect(find(/\S*\[[^[]*['"`]-c['"`][^\]]*\]/g).toSorted()).toEqual([
    "targets/kubernetes/manifest-test-run-samples.ts: ['sh', '-c', escape(script)]",
    "tools/process.ts: ['-c', guardScript, 'sh', file, ...spec.args]",
  ]);
  const samples = sources.find(({ path }) => path.endsWith('manifest-test-run-samples.ts'))?.code ?? '';
  expect(new Set(samples.match(/\$\{.*?\}/g))).toEqual(new Set(['${samplesFile}', '${mostSampleBytes}', '${mostSampleBytes / 1_000_000}']));
  const guard = sources.find(({ path }) => path.endsWith('process-guard.ts'))?.code ?? '';
  expect(guard).not.toContain('${');
  expect(guardScript).toContain('"$@"');
});

test('a command that is told for pasting has what a user named quoted', () => {
  expect(find(/--(?:context|prices|script)[ =]\$\{(?!shellQuote\().*?\}/g)).toEqual([]);
  expect(find(/--context \$\{shellQuote\(/g).length).toBeGreaterThan(5);
});
