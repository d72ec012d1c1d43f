import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { AutoscalerSight } from '../../src/targets/kubernetes/judge-hpa-sight.ts';
import type { KubeApi } from '../../src/tools/kube-api.ts';
import { createKubectl } from '../../src/tools/kubectl.ts';
import { createProcesses } from '../../src/tools/process.ts';
import { assess } from '../autoscaler/assess.ts';
import { type ClusterHome, createClusterHome } from './cluster-home.ts';
import { recordAutoscaler } from './record-autoscaler.ts';

const why = inject('whyNoCluster');

function hpa(name: string, target: string, metrics: readonly object[]): string {
  const spec = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target }, maxReplicas: 3, metrics };
  return JSON.stringify({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name, namespace: 'pricectl' }, spec });
}

describe.skipIf(why !== null)('explanations against the real controller', { shuffle: false }, () => {
  let home: ClusterHome;
  let api: KubeApi & AsyncDisposable;

  beforeAll(async () => {
    home = await createClusterHome();
    const up = await home.run('up', '--min', '2', '--max', '6', '--cpu-target', '20', '--scale-down-window', '30s');
    if (up.exitCode !== 0) throw new Error(up.stderr);
    api = await createKubectl({ context: 'pricectl', processes: createProcesses(), env: { ...process.env, KUBECONFIG: join(home.folder, 'kubeconfig') } }).openApi(new AbortController().signal);
  }, 600_000);

  afterAll(async () => {
    await api?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
  }, 120_000);

  test('each change of a scale-out and a scale-in is explained, and none is predicted that does not come', { timeout: 300_000 }, async () => {
    const stop = new AbortController();
    const sights: AutoscalerSight[] = [];
    const desired = () => sights.at(-1)?.autoscaler.status?.desiredReplicas;
    const recording = recordAutoscaler(api, { namespace: 'pricectl', name: 'price-api' }, sights, stop.signal);
    try {
      const load = home.start('loadtest', '--engine', 'node', '--in-cluster', '--rate', '2500/s', '--duration', '50s');
      await expect.poll(desired, { timeout: 120_000, interval: 1_000 }).toBeGreaterThan(2);
      await load.result;
      await expect.poll(desired, { timeout: 120_000, interval: 1_000 }).toBe(2);
    } finally {
      stop.abort();
      await recording;
    }
    const { changes, ...rest } = assess(sights);
    const ambiguous = changes.filter(({ isAmbiguous }) => isAmbiguous).length;
    console.log(`${changes.length} changes, ${ambiguous} of them ambiguous, in ${rest.moments} moments; ${rest.overtaken} predictions overtaken by newer readings`);
    expect(changes.filter(({ isExplained }) => !isExplained)).toEqual([]);
    expect(changes.length).toBeGreaterThanOrEqual(2);
    expect(rest).toMatchObject({ unsure: 0, falsePredictions: [] });
  });

  test('ours and any HPA by name say the same; a watch ends by Ctrl-C', async () => {
    const ours = (await home.run('autoscaler', 'explain', '--json')).json();
    expect(ours).toMatchObject({ kind: 'kubernetes', name: 'price-api', state: 'computed', replicas: { min: 2, max: 6 }, metrics: [{ name: 'CPU', source: 'recomputed', target: 20 }] });
    const named = await home.run('autoscaler', 'explain', 'price-api', '--target', 'kube', '--context', 'pricectl', '--json');
    expect(named.json()).toMatchObject({ name: 'price-api', scaleTarget: { kind: 'Deployment', name: 'price-api' } });
    expect((await home.run('autoscaler', 'explain', 'price-ap', '--json')).json().error).toMatchObject({ code: 'PRICECTL_E_NO_AUTOSCALER', exitCode: 6, hints: ['did you mean price-api?'] });
    const watch = home.start('autoscaler', 'explain', '--watch');
    await expect.poll(() => watch.stdout(), { timeout: 30_000 }).toMatch(/\n/);
    watch.kill('SIGINT');
    expect(await watch.result).toMatchObject({ exitCode: 130, stdout: expect.stringMatching(/^\d\d:\d\d:\d\dZ {2}2 replicas {2}CPU \d+ % of request, target 20 %/) });
  });

  test('several metrics, a metric that nobody serves, and a target that is gone', async () => {
    const memory = { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '64Mi' } } };
    const external = { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '10' } } };
    for (const [name, target, metrics] of [['lost', 'nothing', [memory]], ['mixed', 'price-api', [memory, external]]] as const) {
      await home.kubectl('apply', '--filename', await home.write(`${name}.json`, hpa(name, target, metrics)));
    }
    const explain = async (name: string) => (await home.run('autoscaler', 'explain', name, '--json')).json();
    expect(await explain('lost')).toMatchObject({ state: 'failed', text: "Deployment nothing isn't there: nothing is scaled" });
    expect(await explain('mixed')).toMatchObject({ metrics: [{ name: 'memory', unit: 'bytes', source: 'recomputed' }, { name: 'external metric queue', source: 'unknown', wish: null }] });
    await home.kubectl('--namespace', 'pricectl', 'delete', 'hpa', 'lost', 'mixed');
  });
});
