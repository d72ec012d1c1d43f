import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { installFakeTools } from '../fakes/bin/fake-tools.ts';
import { kubeconfig, kubectlVersion, noContext } from './cluster-fakes.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

test('an id that leads out of the folder of runs names no run, and what it leads to stays', async () => {
  const outside = join(sandbox.folder, '.local', 'state', 'pricectl', 'x');
  await mkdir(outside, { recursive: true, mode: 0o700 });
  for (const file of ['run.json', 'summary.txt', 'series.json']) await writeFile(join(outside, file), '{}');
  const id = '../x';
  const commands = [['runs', 'show', id], ['runs', 'delete', id], ['report', id], ['runs', 'compare', id, id], ['autoscaler', 'replay', id], ['runs', 'delete', '2026-11-23-120301-lab/../../x']];
  for (const args of commands) {
    const result = await sandbox.run([...args, '--json']);
    expect([2, 6], `${args.join(' ')}: ${result.stdout}`).toContain(result.exitCode);
    expect(result.json().error.code).toMatch(/^PRICECTL_E_(NO_SUCH_RUN|USAGE)$/);
  }
  expect(await readdir(outside)).toHaveLength(3);
});

test.each<[string, readonly string[], Readonly<Record<string, string>>]>([
  ['a flag', ['render', '--namespace', '../x'], {}],
  ['a variable', ['render'], { PRICECTL_NAMESPACE: 'x\n: {}' }],
  ['a variable, without oclif', ['price', 'P1'], { PRICECTL_NAME: '../x' }],
  ['an argument', ['autoscaler', 'explain', '../../../secrets/x'], {}],
  ['an image', ['shell', '--image', '-x'], {}],
])('a bad name by %s is a usage error', async (_, args, env) => {
  expect(await sandbox.run(args, { env })).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(/^Error: .* not the? ?name|is not a name/) });
});

test('a price file of any name is one value of the manifests', async () => {
  const folder = join(sandbox.folder, "a: {}\n---\n!!js 'x' \"y\" $(id) \u2028");
  await mkdir(folder);
  await writeFile(join(folder, './-n &a *b'), 'A,1\n');
  const result = await sandbox.run(['render', '--image', 'a:1', '--prices', './-n &a *b'], { cwd: folder, env: { PRICECTL_TARGET: 'kube' } });
  expect(result, result.stderr).toMatchObject({ exitCode: 0, stderr: '' });
  const manifests = parseAllDocuments(result.stdout, { version: '1.1' }).map((document) => document.toJS());
  expect(manifests).toHaveLength(8);
  expect(JSON.parse(manifests[6].metadata.annotations['pricectl.dev/settings'])).toMatchObject({ prices: join(folder, './-n &a *b') });
});

test.each(['--all', '../x', 'a b: {}', "'; id; '", 'x'.repeat(300)])('the context %j is one argument of kubectl, and quoted in advice', async (context) => {
  await using fakes = await installFakeTools({ kubectl: [kubectlVersion(), kubeconfig({ other: 'https://192.0.2.1' }), noContext(context)] });
  const result = await sandbox.run(['status', '--json', '--target=kube', `--context=${context}`], { env: { PATH: fakes.path } });
  expect(result, result.stdout).toMatchObject({ exitCode: 3, stderr: '' });
  expect(result.json()).toMatchObject({ error: { code: 'PRICECTL_E_NO_CONTEXT', message: expect.stringContaining(context) } });
  expect((await fakes.calls()).some((call) => call.includes(context))).toBe(true);
  await fakes.assertUsedUp();
});
