import { expect, test } from 'vitest';
import { createFakeTarget, type FakeTarget } from '../../test/fakes/fake-target.ts';
import type { PodSnapshot } from '../targets/target.ts';
import { pushPrices } from './push-prices.ts';
import { resolveSettings } from './service-settings.ts';
import { showPrices } from './show-prices.ts';
import { runStepsSilently } from './steps.ts';

const signal = new AbortController().signal;

function pod(name: string, pricesSha256: string | null, ready = true): PodSnapshot {
  return { name, ready, terminating: false, restarts: 0, cpuMillicores: null, memoryBytes: null, requests: null, requestsPerSecond: null, pricesSha256, problem: null };
}

/** A service that is up with these pods. */
function targetWith(...pods: readonly PodSnapshot[]): FakeTarget {
  const target = createFakeTarget();
  target.running = resolveSettings({}, { running: undefined, defaultPrices: '/p.txt', target: 'local' });
  const bare = createFakeTarget();
  bare.running = target.running;
  target.snapshot = async (abort) => ({ ...(await bare.snapshot(abort)), pods });
  return target;
}

test('a push takes the lock, runs the steps of the target and says what each pod serves then', async () => {
  const target = targetWith(pod('a', '1'), pod('b', '1'));
  const result = await pushPrices({ target, prices: '/new.txt', runSteps: runStepsSilently, signal });
  expect(target.calls).toEqual(['lock pricectl prices push', 'pods', 'unlock']);
  expect(result).toMatchObject({ target: 'local', name: 'price-api', pods: [{ name: 'a', sha256: '1' }, { name: 'b', sha256: '1' }], steps: [{ title: 'pods', outcome: 'done' }] });
});

test('without a service nothing is pushed', async () => {
  const target = createFakeTarget();
  await expect(pushPrices({ target, prices: '/new.txt', runSteps: runStepsSilently, signal })).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_UP' });
  expect(target.calls).toEqual(['lock pricectl prices push', 'unlock']);
});

const show = (target: FakeTarget) => showPrices(target, (prices) => `from ${prices}`, signal);

test('what is served is the same when all pods that are ready say so', async () => {
  expect(await show(targetWith(pod('a', '1'), pod('b', '1'), pod('new', null, false)))).toMatchObject({ source: 'from /p.txt', same: true });
  expect(await show(targetWith(pod('a', '1'), pod('b', '2')))).toMatchObject({ same: false });
  expect(await show(targetWith(pod('a', null)))).toMatchObject({ same: false });
  expect(await show(targetWith())).toMatchObject({ same: false, pods: [] });
});

test('what is not up serves nothing', async () => {
  await expect(show(createFakeTarget())).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_UP' });
  const stopped = targetWith();
  stopped.snapshot = (abort) => createFakeTarget().snapshot(abort);
  await expect(show(stopped), 'settings may be all that is left').rejects.toMatchObject({ code: 'PRICECTL_E_NOT_UP' });
});
