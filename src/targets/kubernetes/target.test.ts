import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../tools/clock.ts';
import type { KubeObject } from '../../tools/kube-objects.ts';
import { clusterServiceSettings, createFakeParts, type FakeParts, putObject } from './parts.fixture.ts';
import { servicePaths } from './service-objects.ts';
import { createClusterTarget } from './target.ts';

const signal = new AbortController().signal;
const paths = servicePaths({ namespace: 'shop' });

function targetOf(fake: FakeParts, close = async () => {}) {
  return createClusterTarget(fake.parts, close);
}

test.each([
  ['stopped', 'stopped', /pricectl up starts it/],
  ['gone', 'absent', null],
] as const)('a service on a cluster that is %s', async (whereabouts, state, problem) => {
  const fake = createFakeParts();
  fake.whereabouts = whereabouts;
  expect(await targetOf(fake).snapshot(signal), 'nothing was brought up').toMatchObject({ state: 'absent', problem: null, replicas: { min: 0, max: 0 } });
  fake.recorded = clusterServiceSettings({ max: 4 });
  const snapshot = await targetOf(fake).snapshot(signal);
  expect(snapshot).toMatchObject({ state, url: null, replicas: { min: 3, max: 4, desired: 0, ready: 0 }, autoscaler: { cpuTarget: 50 }, pods: [] });
  expect(snapshot.problem === null ? null : problem?.test(snapshot.problem)).toBe(problem === null ? null : true);
});

test('of a cluster that the kubeconfig does not lead to nobody says that the service is not up', async () => {
  const fake = createFakeParts();
  fake.whereabouts = 'misconfigured';
  const problem = "the kubeconfig doesn't lead to the cluster memory; pricectl up mends it";
  expect(await targetOf(fake).snapshot(signal)).toMatchObject({ state: 'stopped', problem, url: null, autoscaler: { explanation: 'nobody knows what it does' } });
});

test('the way to a service is looked for until it is known', async () => {
  const fake = createFakeParts();
  const put = (path: string, kind: string, rest: object) => fake.api.objects.set(path, Object.assign<KubeObject, object>(putObject(fake.api, path, kind), rest));
  put(`${paths.deployments}/price-api`, 'Deployment', { spec: { selector: {}, template: { spec: { containers: [] } } }, status: {} });
  put(`${paths.services}/price-api`, 'Service', { spec: { ports: [{ port: 80 }] }, status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } });
  let asked = 0;
  Object.assign(fake.parts.service.http, {
    async request() {
      asked += 1;
      return { status: asked === 1 ? 503 : 200, headers: {}, body: '{"prices":null}' };
    },
  });
  const target = targetOf(fake);
  const urls = [await target.snapshot(signal), await target.snapshot(signal), await target.snapshot(signal)].map(({ url }) => url);
  expect([urls, asked]).toEqual([[null, 'http://192.0.2.1:80', 'http://192.0.2.1:80'], 2]);
});

test('one command at a time changes the service, and the end of the target closes what it has open', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl target '));
  try {
    const fake = createFakeParts();
    Object.assign(fake.parts.service, { clock: systemClock });
    Object.assign(fake.parts.record, { stateFolder: folder, lockFile: join(folder, 'a', 'lock') });
    let isClosed = false;
    const target = targetOf(fake, async () => {
      isClosed = true;
    });
    {
      await using _held = await target.lock('pricectl up');
      await expect(target.lock('pricectl down')).rejects.toMatchObject({ code: 'PRICECTL_E_LOCKED', message: expect.stringMatching(/pricectl up/) });
    }
    await (await target.lock('pricectl down'))[Symbol.asyncDispose]();
    expect(isClosed).toBe(false);
    await target[Symbol.asyncDispose]();
    expect(isClosed).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
});
