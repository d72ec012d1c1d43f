import { expect, test } from 'vitest';
import { createFakeClock } from '../../../test/fakes/fake-clock.ts';
import { KubeApiError } from '../../tools/kube-api.ts';
import type { HorizontalPodAutoscaler } from '../../tools/kube-objects.ts';
import { createFakeService } from './fake-service.fixture.ts';
import { readCase } from './rollout-cases.fixture.ts';
import { warmUpStep } from './warm-up-step.ts';

const apiService = '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io';

function setUp(name: string) {
  const captured = readCase(name);
  const fake = createFakeService(captured, createFakeClock(Date.parse(captured.capturedAt)));
  fake.api.answer(apiService, { json: { kind: 'APIService' } });
  const progress: string[] = [];
  const cancel = new AbortController();
  const run = () => warmUpStep(fake.service, { timeoutMs: 60_000 }).run({ signal: cancel.signal, progress: (text) => void progress.push(text) });
  return { ...fake, progress, cancel, run };
}

function autoscalerOf(name: string): HorizontalPodAutoscaler {
  const { autoscaler } = readCase(name);
  if (autoscaler === null) throw new Error(`${name} has no autoscaler`);
  return autoscaler;
}

test('an autoscaler that reads metrics is unchanged', async () => {
  const { run } = setUp('hpa-stabilized');
  expect(await run()).toEqual({ outcome: 'unchanged', detail: 'reads 25 % of the CPU request' });
});

test('metrics are waited for, and it says what for', async () => {
  const { service, api, paths, clock, progress } = setUp('hpa-new');
  const steps = [autoscalerOf('hpa-not-measured'), autoscalerOf('hpa-stabilized')];
  const sleep = async (ms: number) => {
    await clock.sleep(ms);
    const next = steps.shift();
    if (next !== undefined) api.put(paths.autoscalers, { ...next, metadata: { ...next.metadata, name: 'metrics' } });
  };
  const step = warmUpStep({ ...service, clock: { ...clock, sleep } });
  expect(await step.run({ signal: new AbortController().signal, progress: (text) => void progress.push(text) })).toMatchObject({ outcome: 'done' });
  expect(progress).toEqual(['the autoscaler has not looked yet', 'the pods have not been measured yet']);
});

test.each([
  ['hpa-no-request', /^the service doesn't scale: container api of no-request-\S+ requests no cpu$/],
  ['hpa-not-measured', /^the service doesn't scale: the pods have not been measured yet after 60 s$/],
  ['hpa-api-down', /^the service doesn't scale: the metrics API is down \(metrics-server does not answer\) after 60 s$/],
  ['hpa-new', /^the service doesn't scale: the autoscaler has not looked yet after 60 s$/],
])('%s ends with a warning, not with an error', async (name, warning) => {
  const { run } = setUp(name);
  expect(await run()).toEqual({ outcome: 'done', detail: 'reads no metrics', warnings: [expect.stringMatching(warning)] });
});

test('a cluster without metrics API is not waited for', async () => {
  const { run, api, clock } = setUp('hpa-no-api');
  const startMs = clock.now();
  api.answer(apiService, { error: new KubeApiError(403, 'Forbidden', 'apiservices is forbidden') });
  const warnings = ["the service doesn't scale: the cluster has no metrics API (metrics-server is missing)"];
  expect(await run(), 'by the word of the autoscaler').toMatchObject({ warnings });
  const missing = setUp('hpa-new');
  missing.api.answer(apiService, { json: undefined });
  expect(await missing.run(), 'by the word of the API server').toMatchObject({ warnings });
  expect(clock.now()).toBe(startMs);
});

test('a metrics API that has just come is waited for, whatever the autoscaler saw before', async () => {
  const { run, progress } = setUp('hpa-no-api');
  expect(await run()).toMatchObject({ outcome: 'done' });
  expect(progress.length).toBe(60);
});

test('an abort ends the wait', async () => {
  const { run, cancel } = setUp('hpa-not-measured');
  cancel.abort(new Error('enough'));
  await expect(run()).rejects.toThrow('enough');
});
