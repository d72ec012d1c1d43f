import { expect, test } from 'vitest';
import { createFakeClock } from '../../test/fakes/fake-clock.ts';
import { createFakeTarget } from '../../test/fakes/fake-target.ts';
import { syncAutoscaler } from '../autoscale/autoscaler.ts';
import { createBehavior } from '../autoscale/behavior.ts';
import { createAutoscalerState } from '../autoscale/state.ts';
import { makeScale, makeSight, sightMs } from '../targets/kubernetes/autoscaler-sight.fixture.ts';
import { clusterSettings } from '../targets/kubernetes/manifests.fixture.ts';
import type { Target } from '../targets/target.ts';
import { NegativeError, ToolError } from '../tools/errors.ts';
import { explainAutoscaler, watchAutoscaler } from './explain-autoscaler.ts';

const never = new AbortController().signal;

test('the emulated autoscaler: its own decision, nothing recomputed', async () => {
  const behavior = createBehavior();
  const pods = ['a', 'b', 'c'].map((name) => ({
    name,
    phase: 'Running' as const,
    terminating: false,
    startTimeMs: 0,
    readyCondition: { status: 'True' as const, lastTransitionMs: 0 },
    cpuRequestMillicores: 100,
    cpu: { millicores: 131, timestampMs: 998_000, windowMs: 2_000 },
  }));
  const { decision } = syncAutoscaler(createAutoscalerState(1_000_000, 3), { nowMs: 1_000_000, currentReplicas: 3, minReplicas: 3, maxReplicas: 10, cpuTarget: 50, pods }, behavior);
  const fake = createFakeTarget();
  fake.running = clusterSettings;
  const target: Target = {
    ...fake,
    async snapshot(signal) {
      const snapshot = await fake.snapshot(signal);
      const tolerance = { scaleUp: 0.1, scaleDown: 0.1 };
      return { ...snapshot, atMs: 1_001_000, autoscaler: { ...snapshot.autoscaler, decision, tolerance, nextSyncAtMs: 1_015_000, explanation: 'in words' } };
    },
  };
  expect(await explainAutoscaler({ target, readAutoscaler: undefined, hpa: undefined }, never)).toMatchObject({
    kind: 'emulated',
    context: null,
    name: 'price-api',
    text: 'in words',
    state: 'computed',
    replicas: { desired: 7, min: 3, max: 10 },
    metrics: [{ name: 'CPU', source: 'recomputed', current: 131, target: 50, toleratedFrom: 45, toleratedTo: 55, wish: 8, ageMs: 3_000, windowMs: 2_000 }],
    wish: 8,
    outcome: { lowest: 7, highest: 7 },
    limit: { reason: 'ScaleUpLimit', replicas: 7 },
    nextLook: { earliestAtMs: 1_015_000, latestAtMs: 1_015_000 },
    nextChange: { replicas: 8, earliestAtMs: 1_015_000, latestAtMs: 1_015_000 },
  });
});

async function missing(): Promise<never> {
  throw new NegativeError('PRICECTL_E_NO_AUTOSCALER', 'none');
}

test('a service that is not up, and a name without a cluster, are refused in words', async () => {
  const target = createFakeTarget();
  await expect(explainAutoscaler({ target, readAutoscaler: undefined, hpa: undefined }, never)).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_UP' });
  await expect(explainAutoscaler({ target, readAutoscaler: missing, hpa: undefined }, never)).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_UP' });
  await expect(explainAutoscaler({ target, readAutoscaler: missing, hpa: 'web' }, never)).rejects.toMatchObject({ code: 'PRICECTL_E_NO_AUTOSCALER' });
  target.running = clusterSettings;
  await expect(explainAutoscaler({ target, readAutoscaler: missing, hpa: undefined }, never)).rejects.toMatchObject({ code: 'PRICECTL_E_NO_AUTOSCALER' });
  await expect(explainAutoscaler({ target, readAutoscaler: undefined, hpa: 'web' }, never)).rejects.toMatchObject({ kind: 'usage', message: expect.stringMatching(/^web would be an HPA of a cluster/) });
});

test('ours on a cluster is the HPA of the service', async () => {
  const target = createFakeTarget();
  target.running = clusterSettings;
  const asked: string[] = [];
  const readAutoscaler = async (name: string) => {
    asked.push(name);
    return makeSight('90m');
  };
  expect(await explainAutoscaler({ target, readAutoscaler, hpa: undefined }, never)).toMatchObject({ wish: 8 });
  expect(asked).toEqual(['price-api']);
});

test('a watch remembers what it saw, goes on after a failure, and ends with the HPA or the signal', async () => {
  const clock = createFakeClock();
  const sights = [0, 2, 4].map((seconds) => makeSight('10m', { nowMs: sightMs + seconds * 1_000 }));
  const answers = [sights[0], new ToolError('PRICECTL_E_KUBE_API', 'no'), sights[1], sights[2], new NegativeError('PRICECTL_E_NO_AUTOSCALER', 'gone')];
  const readAutoscaler = async () => {
    const answer = answers.shift();
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('asked too often');
    return answer;
  };
  const seen: string[] = [];
  const watch = async () => {
    for await (const moment of watchAutoscaler({ target: createFakeTarget(), readAutoscaler, hpa: 'web' }, { clock, everyMs: 2_000, signal: never })) {
      seen.push('failure' in moment ? moment.failure.message : (moment.explanation.unknowns[0] ?? ''));
    }
  };
  await expect(watch()).rejects.toMatchObject({ code: 'PRICECTL_E_NO_AUTOSCALER' });
  expect(seen).toEqual([
    "what it recommended in the last 300 s, which it remembers, can't be seen; watched for 0 s of them so far",
    'no',
    "what it recommended in the last 300 s, which it remembers, can't be seen; watched for 2 s of them so far",
    "what it recommended in the last 300 s, which it remembers, can't be seen; watched for 4 s of them so far",
  ]);
  const ended = new AbortController();
  const stopped = watchAutoscaler({ target: createFakeTarget(), readAutoscaler: async () => makeSight('90m', { scale: makeScale(0) }), hpa: 'web' }, { clock, everyMs: 2_000, signal: ended.signal });
  await stopped.next();
  ended.abort(new Error('enough'));
  await expect(stopped.next()).rejects.toThrow('enough');
});
