import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KubeApiError } from '../../tools/kube-api.ts';
import type { StepReport } from '../target.ts';
import { clusterServiceSettings, createFakeParts, type FakeParts, putObject, runAll } from './parts.fixture.ts';
import { podsStep } from './pods-step.ts';
import { pushSteps } from './push-steps.ts';
import { podLabels, servicePaths, settingsAnnotation } from './service-objects.ts';

const signal = new AbortController().signal;
const paths = servicePaths({ namespace: 'shop' });
const before = '0'.repeat(64);

interface FakePod {
  sha256: string;
  rejection: string | null;
}

/** A service whose pods serve an older list. */
interface FakePods extends FakeParts {
  readonly pods: Map<string, FakePod>;
  /** What a pod does when it is told to look. */
  onTold: (pod: FakePod, sha256: string) => void;
}

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pricectl push '));
  file = join(folder, 'prices.txt');
  await writeFile(file, 'P124,49.5\n');
});
afterEach(() => rm(folder, { recursive: true }));

function create(...names: readonly string[]): FakePods {
  const fake: FakePods = Object.assign(createFakeParts(), { pods: new Map<string, FakePod>(), onTold: (pod: FakePod, sha256: string) => void (pod.sha256 = sha256) });
  const { api } = fake;
  putObject(api, '/api/v1/namespaces/shop', 'Namespace', {});
  const deployment = putObject(api, `${paths.deployments}/price-api`, 'Deployment');
  const annotations = { [settingsAnnotation]: JSON.stringify({ settings: clusterServiceSettings({ prices: '/old.txt' }) }) };
  const spec = { template: { spec: { containers: [{ name: 'api', image: 'a:1' }] } } };
  api.objects.set(`${paths.deployments}/price-api`, Object.assign(deployment, { metadata: { ...deployment.metadata, annotations }, spec }));
  for (const name of names) addPod(fake, name);
  api.text = async (path) => {
    const pod = fake.pods.get(/pods\/([^:]+):/.exec(path)?.[1] ?? '');
    const said = { prices: { rows: 1, bytes: 1, sha256: pod?.sha256 }, rejection: pod?.rejection ?? null };
    return pod === undefined ? { status: 502, body: '' } : { status: 200, body: JSON.stringify(said) };
  };
  const { patch } = { patch: api.patch.bind(api) };
  api.patch = async (path, changes, abort) => {
    const pod = fake.pods.get(path.slice(path.lastIndexOf('/') + 1));
    const told: unknown = Reflect.get(Object(Reflect.get(Object(Reflect.get(changes, 'metadata')), 'annotations')), 'pricectl.dev/pushed-prices');
    if (pod !== undefined && typeof told === 'string') fake.onTold(pod, told);
    return patch(path, changes, abort);
  };
  return fake;
}

function addPod(fake: FakePods, name: string, phase = 'Running'): void {
  fake.api.objects.set(`${paths.pods}/${name}`, Object.assign(putObject(fake.api, `${paths.pods}/${name}`, 'Pod', podLabels('price-api')), { status: { phase } }));
  fake.pods.set(name, { sha256: before, rejection: null });
}

async function push(fake: FakePods): Promise<Readonly<Record<string, StepReport>>> {
  const reports = await runAll(await pushSteps(fake.parts, file, signal));
  return Object.fromEntries(reports.map((report) => [report.title, report]));
}

/** Names of the pods that were told to look. */
function toldPods(fake: FakePods): readonly string[] {
  return fake.api.calls.flatMap((call) => /^patch \S*\/pods\/(\S+) /.exec(call)?.[1] ?? []);
}

test('a list is put into the ConfigMap, and each pod is told once to look', async () => {
  const fake = create('a', 'b');
  const reports = await push(fake);
  expect(reports).toMatchObject({ prices: { outcome: 'done' }, objects: { outcome: 'done' }, pods: { outcome: 'done', detail: expect.stringMatching(/^2 of 2 pods serve /) } });
  expect(toldPods(fake)).toEqual(['a', 'b']);
  const configMap = fake.api.calls.indexOf(`apply ${paths.configMaps}/price-api-prices`);
  expect(configMap).toBeGreaterThan(-1);
  expect(configMap).toBeLessThan(fake.api.calls.findIndex((call) => call.includes('/pods/a')));
  expect(fake.recorded).toMatchObject({ prices: file });
  fake.api.calls.length = 0;
  expect(await push(fake)).toMatchObject({ prices: { outcome: 'unchanged' }, pods: { outcome: 'unchanged' } });
  expect(toldPods(fake)).toEqual([]);
});

test('a file that is named but not there is not taken for pushed, though the service has its list', async () => {
  const fake = create('a');
  await push(fake);
  const path = `${paths.deployments}/price-api`;
  expect(fake.api.objects.get(path)?.metadata.annotations?.[settingsAnnotation], 'it came from there').toContain(JSON.stringify(file));
  await rm(file);
  await expect(push(fake)).rejects.toMatchObject({ code: 'PRICECTL_E_FILE_ENOENT' });
});

test('pods that come, go or are not there yet: those that serve count', async () => {
  const fake = create('a');
  addPod(fake, 'starting', 'Pending');
  addPod(fake, 'leaving');
  const path = `${paths.pods}/leaving`;
  const leaving = fake.api.objects.get(path);
  if (leaving !== undefined) fake.api.objects.set(path, { ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
  fake.onTold = (pod, sha256) => {
    pod.sha256 = sha256;
    if (!fake.pods.has('late')) addPod(fake, 'late');
  };
  expect(await push(fake)).toMatchObject({ pods: { detail: expect.stringMatching(/^2 of 2 pods/) } });
  expect(toldPods(fake)).toEqual(['a', 'late']);
});

test('a pod that rejects the list ends the push, named', async () => {
  const fake = create('a', 'b');
  fake.onTold = (pod) => void (pod.rejection = 'line 1: no');
  await expect(push(fake)).rejects.toMatchObject({ code: 'PRICECTL_E_PRICES_REJECTED', kind: 'negative', message: 'a rejects the new prices: line 1: no' });
  expect(fake.parts.service.clock.monotonicMs(), 'at the next look').toBe(250);
});

test('what a pod said of an earlier list is not about this one, until it goes on saying so', async () => {
  const fake = create('a');
  const pod = fake.pods.get('a');
  if (pod === undefined) throw new Error('there is one');
  pod.rejection = 'no memory';
  const { clock } = fake.parts.service;
  fake.onTold = () => {};
  await expect(push(fake)).rejects.toMatchObject({ code: 'PRICECTL_E_PRICES_REJECTED' });
  expect(clock.monotonicMs()).toBeGreaterThanOrEqual(10_000);
  expect(clock.monotonicMs()).toBeLessThan(20_000);
  // It takes the list at the third look.
  let looks = 0;
  const text = fake.api.text.bind(fake.api);
  fake.api.text = async (path, abort) => {
    looks += 1;
    if (looks === 3) Object.assign(pod, { sha256: sha256Of(fake), rejection: null });
    return text(path, abort);
  };
  expect(await push(fake)).toMatchObject({ pods: { outcome: 'done' } });
});

/** Checksum that the pods were told. */
function sha256Of({ api }: FakePods): string {
  return /"pricectl\.dev\/pushed-prices":"(\w+)"/.exec(api.calls.findLast((call) => call.startsWith('patch')) ?? '')?.[1] ?? '';
}

test('pods that never serve it are a time-out that names them', async () => {
  const fake = create('a', 'b');
  fake.onTold = (pod, sha256) => {
    if (pod === fake.pods.get('a')) pod.sha256 = sha256;
  };
  await expect(push(fake)).rejects.toMatchObject({ kind: 'timeout', message: expect.stringMatching(/^1 of 2 pods serve .*, b not yet after 180 s$/) });
  expect(toldPods(fake)).toEqual(['a', 'b']);
});

test('a service that is not up gets nothing', async () => {
  await expect(pushSteps(createFakeParts().parts, file, signal)).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_UP' });
});

test('a URL is another setting of the pods: they are replaced as by up', async () => {
  const fake = create('a');
  const titles = async (prices: string) => (await pushSteps(fake.parts, prices, signal)).map(({ title }) => title);
  expect(await titles('https://prices.example.test/list')).toContain('rollout');
  expect(await titles(file)).not.toContain('rollout');
  const path = `${paths.deployments}/price-api`;
  const deployment = fake.api.objects.get(path);
  const annotations = { [settingsAnnotation]: JSON.stringify(clusterServiceSettings({ prices: 'https://prices.example.test/list' })) };
  if (deployment !== undefined) fake.api.objects.set(path, { ...deployment, metadata: { ...deployment.metadata, annotations } });
  expect(await titles(file)).toContain('rollout');
});

test('pods that may not be asked are a warning of up, and no proof for a push', async () => {
  const fake = create('a');
  fake.api.text = async () => ({ status: 403, body: '' });
  const delivery = { kind: 'text', text: 'P124,49.5\n', data: { rows: 1, bytes: 10, sha256: 'f'.repeat(64) } } as const;
  const [report] = await runAll([podsStep(fake.parts, () => delivery, { mayBeSilent: true })]);
  expect(report).toMatchObject({ outcome: 'skipped', warnings: [expect.stringMatching(/pods\/proxy/)] });
  expect(fake.parts.service.clock.monotonicMs()).toBe(10_000);
  fake.api.get = async (path) => {
    throw new KubeApiError(403, 'Forbidden', `cannot get ${path}`);
  };
  await expect(runAll([podsStep(fake.parts, () => delivery, { mayBeSilent: false })])).rejects.toMatchObject({ status: 403, message: `cannot get ${paths.pods}/a:5000/proxy/version` });
  expect(fake.parts.service.clock.monotonicMs(), 'at the first look').toBe(10_000);
  fake.api.text = () => Promise.reject(new KubeApiError(503, 'ServiceUnavailable', 'busy'));
  await expect(runAll([podsStep(fake.parts, () => delivery, { mayBeSilent: false })])).rejects.toMatchObject({ kind: 'timeout' });
});

test('one pod that says something is waited for', async () => {
  const fake = create('a', 'silent');
  fake.pods.delete('silent');
  fake.onTold = () => {};
  const delivery = { kind: 'text', text: '', data: { rows: 1, bytes: 10, sha256: 'f'.repeat(64) } } as const;
  await expect(runAll([podsStep(fake.parts, () => delivery, { mayBeSilent: true })])).rejects.toMatchObject({ kind: 'timeout' });
});

test('pods follow a URL by themselves', async () => {
  const fake = create('a');
  expect(await runAll([podsStep(fake.parts, () => ({ kind: 'url', url: 'https://prices.example.test/' }), { mayBeSilent: true })])).toMatchObject([{ outcome: 'skipped' }]);
  expect(toldPods(fake)).toEqual([]);
});
