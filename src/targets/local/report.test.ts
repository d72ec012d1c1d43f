import { expect, test } from 'vitest';
import { createBehavior } from '../../autoscale/behavior.ts';
import { notLookedYet } from './autoscaler-loop.ts';
import { makeReport } from './report.ts';

const settings = {
  prices: '/prices.txt',
  min: 3,
  max: 10,
  cpuTarget: 50,
  cpuRequestMillicores: 100,
  port: 8_080,
  syncPeriodMs: 15_000,
  metricResolutionMs: 15_000,
  behavior: createBehavior(),
  cluster: null,
};

test('replicas and the decision that set them are of one moment, also when the autoscaler looks while replicas are asked', async () => {
  const replicaSet = { replicas: [], desired: 3, isUpdated: () => true };
  let explanation = 'wants 3';
  const meter = { usage: () => undefined, reading: () => undefined };
  const http = { request: () => Promise.reject(new Error('nobody is asked')) };
  const wish = { settings, serverEntry: '/main.js' };
  const report = makeReport({ isEnding: false, wish, replicaSet, meter, http, autoscaler: () => ({ ...notLookedYet, explanation }) });
  replicaSet.desired = 7;
  explanation = 'wants 7';
  expect(await report).toMatchObject({ rollout: { desired: 7 }, autoscaler: { explanation: 'wants 7' } });
});
