import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFakeTarget } from '../../test/fakes/fake-target.ts';
import { createRunStore } from '../load/run-store.ts';
import { EnvironmentError } from '../tools/errors.ts';
import { overview, suggest } from './overview.ts';
import type { RunListing } from './recorded-runs.ts';

const signal = new AbortController().signal;
const run: RunListing = { id: '2026-11-25-120000-lab', startedAt: '', profile: 'quick', engine: 'node', verdict: 'failed', ms: 1, requests: 2 };

let state = '';
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'pricectl-test-overview-'));
});
afterAll(() => rm(state, { recursive: true }));

test('the service, the target and why', async () => {
  const target = createFakeTarget();
  const result = await overview({ version: '1.2.3', choose: async () => ({ target, reason: 'so it was' }), runs: createRunStore(state), signal });
  expect(result).toMatchObject({ version: '1.2.3', target: { kind: 'local', reason: 'so it was' }, service: { state: 'absent' }, problem: null, lastRun: null });
});

test('a target that fails is told with what mends it, and any other error is thrown', async () => {
  const options = { version: '', runs: createRunStore(state), signal };
  const problem = { message: 'no cluster answers', hints: ['start it'] };
  const down = new EnvironmentError('PRICECTL_E_CLUSTER_DOWN', problem.message, { hints: problem.hints });
  expect(await overview({ ...options, choose: () => Promise.reject(down) })).toMatchObject({ target: null, service: null, problem, next: [{ command: 'pricectl doctor' }] });
  await expect(overview({ ...options, choose: () => Promise.reject(new TypeError('a bug')) })).rejects.toThrow('a bug');
});

test.each([
  ['absent', null, ['pricectl lab', 'pricectl up']],
  ['absent', run, ['pricectl up', `pricectl runs show ${run.id}`]],
  ['stopped', null, ['pricectl up']],
  ['degraded', run, ['pricectl status', 'pricectl logs --since 10m']],
  ['ready', null, ['pricectl loadtest --vus 100 --duration 20s', 'pricectl watch', 'pricectl down']],
] as const)('next, when the service is %s', (serviceState, lastRun, commands) => {
  expect(suggest({ state: serviceState, name: 'price-api' }, lastRun).map(({ command }) => command)).toEqual(commands);
});

test('a service of another name keeps its name in the commands', () => {
  expect(suggest({ state: 'stopped', name: 'other' }, null)).toMatchObject([{ command: 'pricectl up --name other' }]);
});
