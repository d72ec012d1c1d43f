import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EnvironmentError } from '../../tools/errors.ts';
import type { ServiceSettings, StepReport } from '../target.ts';
import { clusterServiceSettings, createFakeParts, type FakeParts, putObject, runAll } from './parts.fixture.ts';
import { servicePaths } from './service-objects.ts';
import { upSteps } from './up-steps.ts';

const paths = servicePaths({ namespace: 'shop' });
const image = 'localhost/price-api:1';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pricectl up '));
  file = join(folder, 'prices.txt');
  await writeFile(file, 'P124,49.5\n');
});
afterEach(() => rm(folder, { recursive: true }));

interface FakeUp extends FakeParts {
  built: StepReport;
  delivered: StepReport;
  readonly work: string[];
}

function create(): FakeUp {
  const fake: FakeUp = Object.assign(createFakeParts(), { built: { outcome: 'done', detail: '' } as const, delivered: { outcome: 'done', detail: 'delivered' } as const, work: [] });
  const noted = async (what: string, report: () => StepReport) => {
    fake.work.push(what);
    return report();
  };
  Object.assign(fake.parts.images, { nameOf: async () => image, build: () => noted('build', () => fake.built) });
  Object.assign(fake.parts.platform, {
    prepareSteps: () => [{ title: 'cluster', run: () => noted('cluster', () => ({ outcome: 'unchanged', detail: '' })) }],
    deliverImage: (name: string) => noted(`deliver ${name}`, () => fake.delivered),
  });
  return fake;
}

/** The steps of `up` as far as the objects: the waits have tests of their own. */
async function up(fake: FakeUp, changes: Partial<ServiceSettings> = {}): Promise<Readonly<Record<string, StepReport>>> {
  const steps = upSteps(fake.parts, clusterServiceSettings({ prices: file, ...changes }));
  const end = steps.findIndex(({ title }) => title === 'rollout');
  return Object.fromEntries((await runAll(steps.slice(0, end))).map((report) => [report.title, report]));
}

test('prices, cluster, image, objects, rollout, pods and autoscaler, in this order', () => {
  expect(upSteps(create().parts, clusterServiceSettings()).map(({ title }) => title)).toEqual(['prices', 'cluster', 'image', 'objects', 'rollout', 'pods', 'autoscaler']);
});

test('all is made once, with the first replicas; then only what a setting changes', async () => {
  const fake = create();
  expect(await up(fake)).toMatchObject({ prices: { outcome: 'done' }, image: { outcome: 'done', detail: 'delivered' }, objects: { outcome: 'done', detail: '8 objects in namespace shop' } });
  expect(fake.work).toEqual(['cluster', 'build', `deliver ${image}`]);
  expect(fake.api.calls[0]).toBe('apply /api/v1/namespaces/shop');
  expect(fake.api.calls.at(-1)).toBe(`patch ${paths.deployments}/price-api/scale {"spec":{"replicas":3}}`);
  expect(fake.recorded).toMatchObject({ prices: file });

  fake.api.calls.length = 0;
  fake.built = { outcome: 'unchanged', detail: '' };
  fake.delivered = { outcome: 'unchanged', detail: 'seen' };
  expect(await up(fake)).toMatchObject({ prices: { outcome: 'unchanged' }, image: { outcome: 'unchanged', detail: 'seen' }, objects: { outcome: 'unchanged' } });
  expect(fake.api.calls).toEqual([]);

  await writeFile(file, 'P124,50\n');
  expect(await up(fake)).toMatchObject({ prices: { outcome: 'done' }, objects: { outcome: 'done', detail: 'changed: ConfigMap' } });
  fake.api.calls.length = 0;

  expect(await up(fake, { max: 4 })).toMatchObject({ objects: { outcome: 'done', detail: 'changed: Deployment, HorizontalPodAutoscaler' } });
  expect(fake.api.calls, 'replicas are the autoscaler\'s from now on').toEqual([`apply ${paths.deployments}/price-api`, `apply ${paths.autoscalers}/price-api`]);
});

test.each<[StepReport['outcome'], StepReport['outcome'], StepReport['outcome']]>([
  ['done', 'unchanged', 'done'],
  ['unchanged', 'done', 'done'],
  ['unchanged', 'unchanged', 'unchanged'],
])('an image that was %s by the build and %s by the delivery is %s, with the warnings of both', async (built, delivered, outcome) => {
  const fake = create();
  fake.built = { outcome: built, detail: '', warnings: ['old base'] };
  fake.delivered = { outcome: delivered, detail: '', warnings: ['slow'] };
  expect((await up(fake))['image']).toMatchObject({ outcome, warnings: ['old base', 'slow'] });
});

test('an image that is given is neither built nor delivered', async () => {
  const fake = create();
  const { cluster } = clusterServiceSettings();
  expect(await up(fake, { cluster: cluster && { ...cluster, image: 'a:1' } })).toMatchObject({ image: { outcome: 'unchanged', detail: expect.stringMatching(/as given$/) } });
  expect(fake.work).toEqual(['cluster']);
});

test('a bad price list never leaves the machine', async () => {
  const fake = create();
  await writeFile(file, 'P124,cheap\n');
  await expect(up(fake)).rejects.toMatchObject({ code: 'PRICECTL_E_PRICES_INVALID' });
  expect([fake.work, fake.api.calls, fake.recorded]).toEqual([[], [], undefined]);
});

test('the list of a running service that is not on this machine stays as the cluster has it; another one that is missing is an error', async () => {
  const fake = create();
  await up(fake);
  await rm(file);
  expect(await up(fake, { max: 4 })).toMatchObject({ prices: { outcome: 'unchanged', detail: expect.stringMatching(/as the cluster has them$/) } });
  expect(fake.api.calls.filter((call) => call.includes('configmaps'))).toHaveLength(1);
  await expect(up(fake, { prices: join(folder, 'other.txt') })).rejects.toMatchObject({ code: 'PRICECTL_E_FILE_ENOENT' });
  fake.api.objects.delete(`${paths.configMaps}/price-api-prices`);
  await expect(up(fake)).rejects.toMatchObject({ code: 'PRICECTL_E_FILE_ENOENT' });
});

test('a list at a URL leaves no ConfigMap of ours behind, and is unchanged the second time', async () => {
  const fake = create();
  await up(fake);
  const url = 'https://prices.example.test/list';
  expect(await up(fake, { prices: url })).toMatchObject({ prices: { outcome: 'done' }, objects: { detail: expect.stringMatching(/ConfigMap/) } });
  expect(fake.api.objects.has(`${paths.configMaps}/price-api-prices`)).toBe(false);
  putObject(fake.api, `${paths.configMaps}/price-api-prices`, 'ConfigMap', {});
  expect(await up(fake, { prices: url })).toMatchObject({ prices: { outcome: 'unchanged' }, objects: { outcome: 'unchanged' } });
  expect(fake.api.objects.has(`${paths.configMaps}/price-api-prices`), 'one of somebody else stays').toBe(true);
});

test('an object of somebody else is refused before anything is applied or remembered', async () => {
  const fake = create();
  putObject(fake.api, `${paths.autoscalers}/price-api`, 'HorizontalPodAutoscaler', {});
  await expect(up(fake)).rejects.toMatchObject({ code: 'PRICECTL_E_FOREIGN_OBJECT' });
  expect([fake.api.calls, fake.recorded]).toEqual([[], undefined]);
});

test('an apply that fails half-way leaves a record for down', async () => {
  const fake = create();
  const apply = fake.api.apply.bind(fake.api);
  fake.api.apply = async (path, object, options) => {
    if (object.kind === 'Service') throw new EnvironmentError('PRICECTL_E_CLUSTER_DOWN', 'gone');
    return apply(path, object, options);
  };
  await expect(up(fake)).rejects.toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN' });
  expect(fake.recorded).toBeDefined();
  fake.api.apply = apply;
  expect(await up(fake)).toMatchObject({ objects: { outcome: 'done' } });
});

test('a namespace that was there is used as it is; one that is being deleted is waited for and made anew', async () => {
  const fake = create();
  const path = '/api/v1/namespaces/shop';
  putObject(fake.api, path, 'Namespace', {});
  await up(fake);
  expect(fake.api.calls).not.toContain(`apply ${path}`);

  const second = create();
  const old = putObject(second.api, path, 'Namespace', {});
  second.api.objects.set(path, { ...old, metadata: { ...old.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
  const { clock } = second.parts.service;
  const sleep = clock.sleep.bind(clock);
  Object.assign(clock, {
    async sleep(ms: number) {
      await sleep(ms);
      if (clock.monotonicMs() >= 2_000) second.api.objects.delete(path);
    },
  });
  await up(second);
  expect(second.api.calls[0]).toBe(`apply ${path}`);
  expect(clock.monotonicMs()).toBe(2_000);
});

test('a namespace that is never gone is a time-out', async () => {
  const fake = create();
  const path = '/api/v1/namespaces/shop';
  const old = putObject(fake.api, path, 'Namespace', {});
  fake.api.objects.set(path, { ...old, metadata: { ...old.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
  await expect(up(fake)).rejects.toMatchObject({ kind: 'timeout', message: expect.stringMatching(/namespace shop is still being deleted/) });
  expect(fake.api.calls).toEqual([]);
});
