import { expect, test } from 'vitest';
import { EnvironmentError } from '../../tools/errors.ts';
import { clusterServiceSettings, createFakeParts, type FakeParts, putObject } from './parts.fixture.ts';
import { findDeployment, isReachable, readRunningSettings } from './running-settings.ts';
import { servicePaths, settingsAnnotation } from './service-objects.ts';

const signal = new AbortController().signal;
const path = `${servicePaths({ namespace: 'shop' }).deployments}/price-api`;
const settings = clusterServiceSettings({ max: 4 });
const recorded = clusterServiceSettings({ max: 5 });

function deploy({ api }: FakeParts, annotation: string): void {
  const object = putObject(api, path, 'Deployment');
  api.objects.set(path, { ...object, metadata: { ...object.metadata, annotations: { [settingsAnnotation]: annotation } } });
}

/** The same service on a cluster of the user's. */
function onKube(fake: FakeParts): FakeParts {
  Object.assign(fake.parts.service, { identity: { ...fake.parts.service.identity, target: 'kube' } });
  return fake;
}

test('a service runs with what its Deployment says, whatever this machine remembers', async () => {
  const fake = createFakeParts();
  fake.recorded = recorded;
  expect(await readRunningSettings(fake.parts, signal)).toBeUndefined();
  deploy(fake, JSON.stringify({ settings }));
  expect(await readRunningSettings(fake.parts, signal)).toEqual(settings);
});

test.each(['{}', 'nonsense', ''])('settings that can not be read (%j) are no first up', async (annotation) => {
  const fake = createFakeParts();
  deploy(fake, annotation);
  await expect(readRunningSettings(fake.parts, signal)).rejects.toMatchObject({ code: 'PRICECTL_E_SETTINGS_UNREADABLE', kind: 'environment' });
});

test('a Deployment of somebody else is not ours', async () => {
  const fake = createFakeParts();
  putObject(fake.api, path, 'Deployment', { 'app.kubernetes.io/instance': 'price-api' });
  expect(await findDeployment(fake.parts, signal)).toBeUndefined();
});

test.each(['stopped', 'gone'] as const)('of a cluster that is %s it is what the last up had', async (whereabouts) => {
  const fake = createFakeParts();
  fake.whereabouts = whereabouts;
  expect([await isReachable(fake.parts, signal), await readRunningSettings(fake.parts, signal)]).toEqual([false, undefined]);
  fake.recorded = recorded;
  expect(await readRunningSettings(fake.parts, signal)).toEqual(recorded);
});

test('of a cluster that the kubeconfig does not lead to it is what the last up had, but for who may mend that', async () => {
  const fake = createFakeParts();
  deploy(fake, JSON.stringify({ settings }));
  Object.assign(fake, { whereabouts: 'misconfigured', recorded });
  expect(await readRunningSettings(fake.parts, signal)).toEqual(recorded);
  fake.mended = 'misconfigured';
  await expect(readRunningSettings(fake.parts, signal, { mayMend: true }), 'defaults would change what is there').rejects.toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN' });
  fake.mended = 'here';
  expect(await readRunningSettings(fake.parts, signal, { mayMend: true })).toEqual(settings);
});

test('a context that nobody knows may be mistyped, unless something was brought up there', async () => {
  const fake = onKube(createFakeParts());
  fake.whereabouts = 'gone';
  await expect(isReachable(fake.parts, signal)).rejects.toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN' });
  fake.recorded = recorded;
  expect(await isReachable(fake.parts, signal)).toBe(false);
});

test('a cluster that should answer and does not is an error, and so is a bug', async () => {
  const fake = createFakeParts();
  const failWith = (error: Error) => Object.assign(fake.parts.service, { api: () => Promise.reject(error) });
  failWith(new EnvironmentError('PRICECTL_E_CLUSTER_DOWN', 'no answer'));
  await expect(readRunningSettings(fake.parts, signal)).rejects.toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN' });
  fake.whereabouts = 'gone';
  failWith(new TypeError('a bug'));
  await expect(isReachable(fake.parts, signal)).rejects.toThrow('a bug');
});

test('an abort is no word about the cluster', async () => {
  const fake = createFakeParts();
  const abort = new AbortController();
  fake.whereabouts = 'gone';
  Object.assign(fake.parts.service, {
    async api() {
      abort.abort(new Error('stop'));
      throw new EnvironmentError('PRICECTL_E_CLUSTER_DOWN', 'no answer');
    },
  });
  await expect(isReachable(fake.parts, abort.signal)).rejects.toThrow('stop');
});
