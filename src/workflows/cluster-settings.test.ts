import { expect, test } from 'vitest';
import type { ClusterSettings, ServiceSettings } from '../targets/target.ts';
import { describeClusterSettings, resolveClusterSettings } from './cluster-settings.ts';
import { resolveSettings, settingChanges } from './service-settings.ts';

const given = {
  cpuLimitMillicores: 700,
  memoryLimitBytes: 268_435_456,
  serviceType: 'NodePort',
  image: 'a:1',
  registry: 'ghcr.io/you',
  baseImage: 'node:26',
  cpus: 4,
  memory: '4g',
} as const;

function running(cluster: ClusterSettings): ServiceSettings {
  return { ...resolveSettings({}, { running: undefined, defaultPrices: '/p.txt', target: 'kube' }), cluster };
}

test('a service on this machine has none', () => {
  expect(resolveClusterSettings(given, undefined, 'local')).toBeNull();
  expect(describeClusterSettings(null)).toEqual([]);
});

test('each setting is the one that is given, else what the service has, else the default', () => {
  expect(resolveClusterSettings(given, undefined, 'kube')).toEqual(given);
  expect(resolveClusterSettings({}, running(given), 'kube')).toEqual(given);
  const other = { ...given, cpuLimitMillicores: 900, serviceType: 'ClusterIP', image: 'b:2' } as const;
  expect(resolveClusterSettings(other, running(given), 'kube')).toEqual(other);
  const defaults = { cpuLimitMillicores: 500, memoryLimitBytes: null, image: null, registry: null, cpus: null, memory: null };
  expect(resolveClusterSettings({}, undefined, 'kube')).toMatchObject({ ...defaults, serviceType: 'ClusterIP' });
  expect(resolveClusterSettings({}, undefined, 'minikube')).toMatchObject({ ...defaults, serviceType: 'LoadBalancer' });
});

test('a change of each is told by the name of its flag', () => {
  const before = resolveClusterSettings({}, undefined, 'kube');
  if (before === null) throw new Error('a cluster has settings');
  expect(settingChanges(running(before), running(given))).toEqual([
    { setting: 'cpu-limit', from: '500m', to: '700m' },
    { setting: 'memory-limit', from: 'what the price list needs', to: '256Mi' },
    { setting: 'service-type', from: 'ClusterIP', to: 'NodePort' },
    { setting: 'image', from: 'built here', to: 'a:1' },
    { setting: 'registry', from: 'none', to: 'ghcr.io/you' },
    { setting: 'base-image', from: before.baseImage, to: 'node:26' },
    { setting: 'cpus', from: "minikube's choice", to: '4' },
    { setting: 'memory', from: "minikube's choice", to: '4g' },
  ]);
});
