import { expect, onTestFinished, test } from 'vitest';
import { EnvironmentError } from '../../tools/errors.ts';
import { KubeApiError } from '../../tools/kube-api.ts';
import type { Deployment, Pod } from '../../tools/kube-objects.ts';
import { createFakeService, type FakeService } from './fake-service.fixture.ts';
import { readCase, type RolloutCase } from './rollout-cases.fixture.ts';
import { rolloutStep } from './rollout-step.ts';

interface Run {
  readonly fake: FakeService;
  readonly progress: string[];
  readonly cancel: AbortController;
  readonly run: (timeoutMs?: number) => Promise<unknown>;
  /** Runs the step, and resolves when it waits. */
  readonly start: () => Promise<{ readonly running: Promise<unknown> }>;
}

function setUp(captured: RolloutCase): Run {
  const fake = createFakeService(captured);
  const progress: string[] = [];
  const cancel = new AbortController();
  onTestFinished(() => cancel.abort());
  const run = (timeoutMs = 60_000) =>
    rolloutStep(fake.service, { prices: 'my prices.txt', timeoutMs }).run({ signal: cancel.signal, progress: (text) => void progress.push(text) });
  const start = async () => {
    const running = run();
    running.catch(() => {});
    await expect.poll(() => progress.length).toBeGreaterThan(0);
    return { running };
  };
  return { fake, progress, cancel, run, start };
}

/** A deployment of which one pod is not available yet. */
function unavailable(deployment: Deployment): Deployment {
  return { ...deployment, status: { ...deployment.status, availableReplicas: 1 } };
}

function logPath({ paths }: FakeService, pod: string, previous = false): string {
  return `${paths.pods}/${pod}/log?container=api&tailLines=10${previous ? '&previous=true' : ''}`;
}

/** The same service, whose pods don't fail before the step began. */
function withoutPods(captured: RolloutCase): RolloutCase {
  return { ...captured, pods: [] };
}

test('a rollout that is done is unchanged, and nothing is changed', async () => {
  const { fake, run } = setUp(readCase('hpa-stabilized'));
  expect(await run()).toEqual({ outcome: 'unchanged', detail: '2 of 2 ready' });
  expect(fake.api.calls.filter((call) => !/^(?:list|watch) /.test(call))).toEqual([]);
});

test('a rollout is waited for, and what it waits for is told', async () => {
  const captured = readCase('hpa-stabilized');
  const { fake, progress, start } = setUp({ ...captured, deployment: unavailable(captured.deployment) });
  const { running } = await start();
  fake.api.put(fake.paths.deployments, captured.deployment);
  expect(await running).toEqual({ outcome: 'done', detail: '2 of 2 ready' });
  expect(progress[0]).toBe('2 of 2 ready');
});

test('a crash fails with pod, reason, the last lines of its log and one command', async () => {
  const captured = readCase('crash-loop');
  const { fake, start } = setUp(withoutPods(captured));
  const [pod] = captured.pods;
  const { running } = await start();
  fake.api.answer(logPath(fake, pod!.metadata.name), { body: 'prices: line 3: price "abc" is not a number\n' });
  fake.api.put(fake.paths.pods, pod!);
  await expect(running).rejects.toMatchObject({
    code: 'PRICECTL_E_ROLLOUT_FAILED',
    kind: 'negative',
    message: `rollout failed: ${pod?.metadata.name}: container api exits with code 6 at start, 4 times in 47 s (CrashLoopBackOff)
  last lines of its log:
    prices: line 3: price "abc" is not a number`,
    hints: ["pricectl prices check 'my prices.txt'"],
  });
});

test("the log of a process that runs again is that of the one before, and the present one's when that is gone", async () => {
  const captured = readCase('crash-loop');
  const { fake, start } = setUp(withoutPods(captured));
  const [pod] = captured.pods;
  const { name } = pod!.metadata;
  const { running } = await start();
  fake.api.answer(logPath(fake, name, true), { body: 'unable to retrieve container logs for containerd://17291b' });
  fake.api.answer(logPath(fake, name), { body: 'hello\n' });
  const startedAt = new Date(fake.clock.now()).toISOString();
  const containerStatuses = pod!.status!.containerStatuses!.map((status) => ({ ...status, state: { running: { startedAt } } }));
  const restarted: Pod = { ...pod!, status: { ...pod!.status, containerStatuses } };
  fake.api.put(fake.paths.pods, restarted);
  await expect(running).rejects.toThrow('last lines of its log:\n    hello');
  expect(fake.api.calls.filter((call) => call.startsWith('text '))).toEqual([`text ${logPath(fake, name, true)}`, `text ${logPath(fake, name)}`]);
});

test('the last lines that Kubernetes keeps with the pod stand in for a log that is gone', async () => {
  const captured = readCase('crash-loop');
  const { fake, start } = setUp(withoutPods(captured));
  const { running } = await start();
  const [pod] = captured.pods;
  fake.api.answer(logPath(fake, pod!.metadata.name), { body: '' });
  const message = '2026-11-25T18:40:24.384Z serves prices.txt\nline 3: price "abc" is not a number\n';
  const containerStatuses = pod!.status!.containerStatuses!.map((status) => ({ ...status, state: { terminated: { exitCode: 6, message } } }));
  const told: Pod = { ...pod!, status: { ...pod!.status, containerStatuses } };
  fake.api.put(fake.paths.pods, told);
  await expect(running).rejects.toThrow('last lines of its log:\n    serves prices.txt\n    line 3: price "abc" is not a number');
});

test('a program for another processor is recognised by its log', async () => {
  const captured = readCase('exec-format');
  const { fake, start } = setUp(withoutPods(captured));
  const [pod] = captured.pods;
  const { running } = await start();
  fake.api.answer(logPath(fake, pod!.metadata.name), { body: 'exec /foreign: exec format error\n' });
  fake.api.put(fake.paths.pods, pod!);
  await expect(running).rejects.toMatchObject({
    message: expect.stringContaining("the image is made for another processor than the node's (exec format error) (ExecFormatError)"),
    hints: ['kubectl --context test get nodes --label-columns kubernetes.io/arch'],
  });
});

test.each([
  ['oom', /^pricectl up --target minikube --namespace faults --name oom --memory-limit 128Mi$/],
  ['unschedulable', /^kubectl --context test describe nodes$/],
  ['readiness', /^kubectl --context test get --raw \/api\/v1\/namespaces\/faults\/pods\/readiness-\S+:5000\/proxy\/readyz$/],
  ['bad-image', /^kubectl --context test --namespace faults describe pod bad-image-\S+$/],
])('%s names a command, and is told without a log that is not there', async (name, command) => {
  const captured = readCase(name);
  // Long enough after the capture for the pod that isn't ready.
  const capturedAt = new Date(Date.parse(captured.capturedAt) + 10_000).toISOString();
  const { fake, start } = setUp({ ...withoutPods(captured), capturedAt });
  const { running } = await start();
  for (const pod of captured.pods) {
    fake.api.answer(logPath(fake, pod.metadata.name), { error: new KubeApiError(400, 'BadRequest', 'waiting to start') });
    fake.api.put(fake.paths.pods, pod);
  }
  await expect(running).rejects.toMatchObject({ code: 'PRICECTL_E_ROLLOUT_FAILED', hints: [expect.stringMatching(command)] });
});

test('what has no pod names the quota', async () => {
  const { run } = setUp(readCase('quota'));
  await expect(run()).rejects.toMatchObject({
    message: 'rollout failed: no more pods may be made: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1 (FailedCreate)',
    hints: ['kubectl --context test --namespace quota describe resourcequota'],
  });
});

test('pods that were failing before are replaced, and judged no more', async () => {
  const captured = readCase('bad-image');
  const { fake, start } = setUp(captured);
  const [pod] = captured.pods;
  const deleted: string[] = [];
  // As with Kubernetes, where a pod is there until its grace period is over.
  fake.api.delete = async (path) => deleted.push(path) > 0;
  const { running } = await start();
  expect(deleted).toEqual([`${fake.paths.pods}/${pod?.metadata.name}`]);
  const status = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
  const mended: Deployment = { ...captured.deployment, status };
  fake.api.put(fake.paths.deployments, mended);
  expect(await running).toEqual({ outcome: 'done', detail: '1 of 1 ready' });
});

test('a rollout that takes too long says what was seen last', async () => {
  const captured = readCase('hpa-stabilized');
  const { run } = setUp({ ...captured, deployment: unavailable(captured.deployment) });
  await expect(run(30)).rejects.toMatchObject({
    code: 'PRICECTL_E_TIMEOUT',
    message: "the rollout isn't done after 0.03 s: 2 of 2 ready",
    hints: ['kubectl --context test --namespace good describe deployment metrics'],
  });
});

test('events that may not be read are done without', async () => {
  const captured = readCase('hpa-stabilized');
  const { fake, start } = setUp({ ...captured, deployment: unavailable(captured.deployment) });
  fake.api.answer(fake.paths.events, { error: new KubeApiError(403, 'Forbidden', 'events is forbidden') });
  const { running } = await start();
  fake.api.put(fake.paths.deployments, captured.deployment);
  expect(await running).toMatchObject({ outcome: 'done' });
});

test('a cluster that goes away ends the wait, and so does an abort', async () => {
  const captured = readCase('hpa-stabilized');
  const waiting = { ...captured, deployment: unavailable(captured.deployment) };
  const gone = setUp(waiting);
  const { running } = await gone.start();
  gone.fake.api.breakWatches(gone.fake.paths.pods, new EnvironmentError('PRICECTL_E_CLUSTER_DOWN', 'gone'));
  await expect(running).rejects.toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN' });

  const aborted = setUp(waiting);
  const { running: abandoned } = await aborted.start();
  aborted.cancel.abort(new Error('enough'));
  await expect(abandoned).rejects.toThrow('enough');
});
