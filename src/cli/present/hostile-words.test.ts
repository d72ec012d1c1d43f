import { expect, test } from 'vitest';
import type { StatusResult } from '../../workflows/status.ts';
import { plainStyle } from '../style.ts';
import { presentOverview } from './overview.ts';
import { presentPricesShow } from './prices.ts';
import { presentStatus } from './status.ts';

const said = 'bad \u001B]0;pwned\u0007\u001B[2Jnews';

const pods: StatusResult['pods'] = [{ name: 'a', ready: false, restarts: 0, cpuMillicores: null, memoryBytes: null, pricesSha256: null, problem: said }];
const identity = { target: 'kube', context: 'x', namespace: 'default', name: 'price-api' } as const;
const autoscaler = { kind: 'kubernetes', cpuPercent: null, cpuTarget: 70, explanation: said } as const;
const service: StatusResult = { ...identity, state: 'degraded', url: null, replicas: { min: 1, max: 2, desired: 1, ready: 0 }, autoscaler, pods, prices: null, problem: said };
const overview = { version: '1', target: null, service: null, problem: null, lastRun: null, next: [] };

test.each([
  ['status', presentStatus(service, plainStyle)],
  ['prices show', presentPricesShow({ ...identity, source: 'a', prices: null, same: true, pods: [{ name: 'a', ready: false, sha256: null, problem: said }] }, plainStyle)],
  ['pricectl, of a service', presentOverview({ ...overview, service }, plainStyle)],
  ['pricectl, of a failure', presentOverview({ ...overview, problem: { message: said, hints: [said] } }, plainStyle)],
])('%s tells what a cluster says without what a terminal acts on', (_, text) => {
  expect(text).toContain('bad news');
  expect(text).not.toMatch(/[^\P{Cc}\n]/u);
});
