import { expect, test } from 'vitest';
import { EnvironmentError } from '../../tools/errors.ts';
import { clusterServiceSettings, createFakeParts, type FakeParts, putObject, runAll } from './parts.fixture.ts';
import { planSteps } from './plan-steps.ts';
import { pricesName, servicePaths } from './service-objects.ts';
import { upSteps } from './up-steps.ts';

const paths = servicePaths({ namespace: 'shop' });
const settings = clusterServiceSettings({ prices: new URL('../../../templates/prices.txt', import.meta.url).pathname });
const image = 'localhost/price-api:1';

interface Planned extends FakeParts {
  isBuilt: boolean;
  isDelivered: boolean;
}

function create(): Planned {
  const fake = createFakeParts();
  const { images, platform } = fake.parts;
  const planned: Planned = Object.assign(fake, { isBuilt: false, isDelivered: false });
  Object.assign(images, { nameOf: async () => image, isBuilt: async () => planned.isBuilt });
  Object.assign(platform, { hasImage: async () => planned.isDelivered });
  return planned;
}

/** Brings the objects up as `up` does, without its waits. */
async function deploy({ parts }: Planned): Promise<void> {
  Object.assign(parts.images, { build: async () => ({ outcome: 'done', detail: '' }) });
  Object.assign(parts.platform, { deliverImage: async () => ({ outcome: 'done', detail: '' }) });
  await runAll(upSteps(parts, settings).filter(({ title }) => ['prices', 'image', 'objects'].includes(title)));
}

test.each(['stopped', 'gone'] as const)('with a cluster that is %s all would be created', async (whereabouts) => {
  const fake = create();
  fake.whereabouts = whereabouts;
  expect(await runAll(planSteps(fake.parts, settings))).toMatchObject([
    { title: 'prices', outcome: 'skipped', detail: expect.stringMatching(/^4 rows.*not delivered yet$/) },
    { title: 'image', outcome: 'skipped', detail: `${image} would be built and delivered` },
    { title: 'objects', outcome: 'skipped', detail: 'would create Namespace, ServiceAccount, NetworkPolicy, ConfigMap, Service, PodDisruptionBudget, Deployment, HorizontalPodAutoscaler' },
  ]);
  expect([fake.api.calls, fake.recorded]).toEqual([[], undefined]);
  fake.isBuilt = true;
  fake.isDelivered = true;
  expect((await runAll(planSteps(fake.parts, settings)))[1], 'where there are no nodes, none has it').toMatchObject({ outcome: 'skipped', detail: `${image} would be delivered` });
});

test('a service that is up as wanted would stay, and one setting changes its objects', async () => {
  const fake = create();
  await deploy(fake);
  const recorded = fake.recorded;
  fake.api.calls.length = 0;
  fake.isBuilt = true;
  expect(await runAll(planSteps(fake.parts, settings))).toMatchObject([
    { title: 'prices', outcome: 'unchanged' },
    { title: 'image', outcome: 'skipped', detail: `${image} would be delivered` },
    { title: 'objects', outcome: 'unchanged', detail: '8 objects in namespace shop' },
  ]);
  fake.isDelivered = true;
  const [, second, objects] = await runAll(planSteps(fake.parts, { ...settings, max: 4 }));
  expect(second).toMatchObject({ outcome: 'unchanged' });
  expect(objects).toMatchObject({ outcome: 'skipped', detail: 'would change Deployment, HorizontalPodAutoscaler; 6 unchanged' });
  expect([fake.api.calls, fake.recorded]).toEqual([[], recorded]);
});

test('a price list at a URL would delete the ConfigMap of the file before', async () => {
  const fake = create();
  await deploy(fake);
  const [prices, , objects] = await runAll(planSteps(fake.parts, { ...settings, prices: 'https://prices.example.test/list' }));
  expect(prices).toMatchObject({ outcome: 'skipped', detail: expect.stringMatching(/each pod downloads/) });
  expect(objects?.detail).toMatch(/change .*Deployment.*; delete ConfigMap;/);
  expect(fake.api.objects.has(`${paths.configMaps}/${pricesName('price-api')}`)).toBe(true);
});

test('a namespace that was there before is used as it is; one that is being deleted is made anew', async () => {
  const fake = create();
  const before = putObject(fake.api, '/api/v1/namespaces/shop', 'Namespace', {});
  const objects = async () => (await runAll(planSteps(fake.parts, settings))).at(-1)?.detail;
  expect(await objects()).toMatch(/^would create ServiceAccount, [^;]*$/);
  fake.api.objects.set('/api/v1/namespaces/shop', { ...before, metadata: { ...before.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
  expect(await objects()).toMatch(/^would create Namespace, /);
});

test('what makes up fail makes the plan fail: an object of somebody else, a server that refuses, an engine that is gone', async () => {
  const fake = create();
  putObject(fake.api, '/api/v1/namespaces/shop', 'Namespace', {});
  fake.api.apply = async () => {
    throw new EnvironmentError('PRICECTL_E_REFUSED', 'no');
  };
  await expect(runAll(planSteps(fake.parts, settings))).rejects.toMatchObject({ code: 'PRICECTL_E_REFUSED' });
  putObject(fake.api, `${paths.services}/price-api`, 'Service', {});
  await expect(runAll(planSteps(fake.parts, settings))).rejects.toMatchObject({ code: 'PRICECTL_E_FOREIGN_OBJECT' });
  Object.assign(fake.parts.images, {
    isBuilt: async () => {
      throw new EnvironmentError('PRICECTL_E_DOCKER_DOWN', 'no engine');
    },
  });
  await expect(runAll(planSteps(fake.parts, settings))).rejects.toMatchObject({ code: 'PRICECTL_E_DOCKER_DOWN' });
});

test('an image that is given is not looked for', async () => {
  const fake = create();
  const cluster = settings.cluster && { ...settings.cluster, image: 'registry.example.com/price-api:1' };
  Object.assign(fake.parts.images, { nameOf: async () => cluster?.image });
  expect((await runAll(planSteps(fake.parts, { ...settings, cluster })))[1]).toMatchObject({ outcome: 'unchanged', detail: 'registry.example.com/price-api:1, as given' });
});
