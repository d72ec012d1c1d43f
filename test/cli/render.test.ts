import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createSandbox, type Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

/** Without programs of clusters on PATH. */
const env = { PRICECTL_TARGET: 'auto', PATH: '' };

test('render prints what up would apply, with nothing but Node, and leaves nothing behind', async () => {
  const prices = await sandbox.write("my 'prices'.txt", 'P124,49.5\n');
  const args = ['render', '--name', 'shop', '--namespace', 'team', '--prices', prices, '--max', '20', '--memory-limit', '256Mi', '--service-type', 'NodePort'];
  const before = await readdir(sandbox.folder);
  const text = await sandbox.run([...args, '--image', 'registry.example.com/price-api:1.0'], { env });
  expect(text, text.stderr).toMatchObject({ exitCode: 0, stderr: '' });
  const manifests = parseAllDocuments(text.stdout).map((document): unknown => document.toJS());
  expect(manifests.map((manifest) => Reflect.get(Object(manifest), 'kind'))).toEqual([
    'Namespace',
    'ServiceAccount',
    'NetworkPolicy',
    'ConfigMap',
    'Service',
    'PodDisruptionBudget',
    'Deployment',
    'HorizontalPodAutoscaler',
  ]);
  expect(manifests[3]).toMatchObject({ metadata: { name: 'shop-prices', namespace: 'team' }, data: { 'prices.txt': 'P124,49.5\n' } });
  expect(manifests[4]).toMatchObject({ spec: { type: 'NodePort', ports: [{ port: 8_080 }] } });
  expect(manifests[6]).toMatchObject({
    spec: { template: { spec: { containers: [{ image: 'registry.example.com/price-api:1.0', resources: { limits: { memory: '256Mi' } } }] } } },
  });
  expect(manifests[7]).toMatchObject({ spec: { minReplicas: 3, maxReplicas: 20 } });

  const json = await sandbox.run([...args, '--image', 'registry.example.com/price-api:1.0', '--json'], { env });
  expect(json, json.stdout).toMatchObject({ exitCode: 0, stderr: '' });
  expect(json.json()).toEqual({ manifests });
  const schema: object = JSON.parse(await readFile(join(import.meta.dirname, '../../schemas/render.json'), 'utf8'));
  expect(new Ajv({ strict: true, allowUnionTypes: true }).validate(schema, json.json())).toBe(true);
  expect(await readdir(sandbox.folder)).toEqual(before);
});

test('without --image it is the image that up would build', async () => {
  const { stdout } = await sandbox.run(['render', '--registry', 'registry.example.com/team'], { env });
  expect(stdout).toMatch(/^ +image: registry\.example\.com\/team\/price-api:[0-9a-f]{12}$/m);
});

test('a namespace that every cluster has is not rendered', async () => {
  const { stdout } = await sandbox.run(['render', '--namespace', 'default', '--image', 'a:1'], { env });
  expect(stdout).not.toMatch(/^kind: Namespace$/m);
  expect(stdout).toMatch(/^ {2}namespace: default$/m);
});

test.each<[readonly string[], number, string]>([
  [['--target', 'local'], 2, 'PRICECTL_E_USAGE'],
  [['--cpu-request', '600m'], 2, 'PRICECTL_E_USAGE'],
  [['--cpu-limit', '0'], 2, 'PRICECTL_E_USAGE'],
  [['--memory-limit', '128MB'], 2, 'PRICECTL_E_USAGE'],
  [['--service-type', 'ExternalName'], 2, 'PRICECTL_E_USAGE'],
  [['--image', 'A B'], 2, 'PRICECTL_E_USAGE'],
  [['--registry', 'https://registry.example.com'], 2, 'PRICECTL_E_USAGE'],
  [['--base-image', '-x'], 2, 'PRICECTL_E_USAGE'],
  [['--cpus', '0'], 2, 'PRICECTL_E_USAGE'],
  [['--memory', '4Gi'], 2, 'PRICECTL_E_USAGE'],
  [['--prices', 'https://user:pw@prices.example.test/list'], 2, 'PRICECTL_E_PRICES_SECRET_URL'],
  [['--prices', 'large.txt'], 2, 'PRICECTL_E_PRICES_TOO_LARGE'],
  [['--prices', 'bad.txt'], 6, 'PRICECTL_E_PRICES_INVALID'],
  [['--prices', 'nowhere.txt'], 3, 'PRICECTL_E_FILE_ENOENT'],
])('render %j is refused', async (args, exitCode, code) => {
  await sandbox.write('bad.txt', 'A,1\nB\n');
  await sandbox.write('large.txt', Array.from({ length: 60_000 }, () => `${randomBytes(16).toString('hex')},1\n`).join(''));
  const result = await sandbox.run(['render', '--json', ...args], { env });
  expect(result, result.stdout).toMatchObject({ exitCode, stderr: '' });
  expect(result.json()).toMatchObject({ error: { code, exitCode } });
  expect(result.stdout).not.toContain('pw@');
});
