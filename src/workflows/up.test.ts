import { expect, test } from 'vitest';
import { createFakeTarget } from '../../test/fakes/fake-target.ts';
import { NegativeError } from '../tools/errors.ts';
import { takeDown } from './down.ts';
import { runStepsSilently } from './steps.ts';
import { bringUp, planUp, type UpOptions } from './up.ts';

function upOptions(target: UpOptions['target'], given: UpOptions['given'] = {}): UpOptions {
  const signal = new AbortController().signal;
  return { target, reason: 'test', given, defaultPrices: '/p.txt', runSteps: runStepsSilently, signal };
}

test('up runs the steps under the lock and says what there is', async () => {
  const target = createFakeTarget();
  const result = await bringUp(upOptions(target));
  expect(target.calls).toEqual(['lock pricectl up', 'prices', 'replicas', 'unlock']);
  expect(result).toMatchObject({ url: 'http://127.0.0.1:8080', replicas: { min: 3, max: 10, ready: 3 }, changes: [] });
  expect(result.steps.map((step) => step.outcome)).toEqual(['done', 'done']);
});

test('a second up names what it changes and keeps what nobody mentioned', async () => {
  const target = createFakeTarget();
  await bringUp(upOptions(target, { min: 2, port: 9_000 }));
  const result = await bringUp(upOptions(target, { max: 4 }));
  expect(result.changes).toEqual([{ setting: 'max', from: '10', to: '4' }]);
  expect(target.running).toMatchObject({ min: 2, max: 4, port: 9_000, prices: '/p.txt' });
});

test('a dry run says what would be, under no lock', async () => {
  const target = createFakeTarget();
  const first = await planUp(upOptions(target, { min: 2 }));
  expect(first).toMatchObject({ dryRun: true, url: null, changes: [], steps: [{ title: 'prices', outcome: 'skipped' }] });
  expect([target.calls, target.running]).toEqual([[], undefined]);
  expect(await bringUp(upOptions(target))).toMatchObject({ dryRun: false });
  const before = target.running;
  target.calls.length = 0;
  expect(await planUp(upOptions(target, { max: 4 }))).toMatchObject({ dryRun: true, changes: [{ setting: 'max', from: '10', to: '4' }], steps: [{ outcome: 'unchanged' }] });
  expect([target.calls, target.running]).toEqual([[], before]);
  await expect(planUp(upOptions(target, { min: 5, max: 4 }))).rejects.toMatchObject({ kind: 'usage' });
});

test('more replicas at least than at most is refused before a step runs', async () => {
  const target = createFakeTarget();
  await expect(bringUp(upOptions(target, { min: 5, max: 4 }))).rejects.toMatchObject({ kind: 'usage' });
  expect(target.calls).toEqual(['lock pricectl up', 'unlock']);
});

test('a step that fails ends up with its error and frees the lock', async () => {
  const target = createFakeTarget();
  const error = new NegativeError('PRICECTL_E_ROLLOUT', 'no');
  target.failure = { step: 'prices', error };
  await expect(bringUp(upOptions(target))).rejects.toBe(error);
  expect(target.calls).toEqual(['lock pricectl up', 'prices', 'unlock']);
});

test('an abort before a step keeps it from running', async () => {
  const target = createFakeTarget();
  const abort = new AbortController();
  abort.abort(new Error('stop'));
  await expect(bringUp({ ...upOptions(target), signal: abort.signal })).rejects.toThrow('stop');
  expect(target.calls).toEqual(['lock pricectl up', 'unlock']);
});

test('down removes the service', async () => {
  const target = createFakeTarget();
  await bringUp(upOptions(target));
  const result = await takeDown({ target, runSteps: runStepsSilently, signal: new AbortController().signal, cluster: false, runsToDelete: undefined });
  expect(result).toMatchObject({ removed: true, runsDeleted: 0 });
  expect(target.running).toBeUndefined();
});
