import { expect, test } from 'vitest';
import type { ContainerState, Deployment, Pod, ReplicaSet } from '../../tools/kube-objects.ts';
import { judgeRollout, type RolloutView } from './judge-rollout.ts';
import { type CapturedView, captured } from './rollout-cases.fixture.ts';

type DeploymentStatus = NonNullable<Deployment['status']>;

function withStatus(view: RolloutView, status: Partial<DeploymentStatus>, replicas = view.deployment?.spec.replicas ?? 1): RolloutView {
  const { deployment } = view;
  if (deployment === undefined) return view;
  return { ...view, deployment: { ...deployment, spec: { ...deployment.spec, replicas }, status: { ...deployment.status, ...status } } };
}

/** What a deployment says when nothing has happened for too long. */
function givenUp(atMs: number) {
  return [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', lastTransitionTime: new Date(atMs).toISOString() }] as const;
}

/** As many available pods as that in the newest ReplicaSet. */
function withAvailable(view: RolloutView, availableReplicas: number): RolloutView {
  const replicaSets = view.replicaSets.map((replicaSet) => ({ ...replicaSet, status: { ...replicaSet.status, availableReplicas } }));
  return withStatus({ ...view, replicaSets }, { availableReplicas });
}

/** The pod of a healthy service under another name, and, where asked for, of another ReplicaSet. */
function anotherPod({ view }: CapturedView, name: string, owner?: string): Pod {
  const pod = view.pods[0]!;
  const { metadata } = pod;
  const ownerReferences = owner === undefined ? metadata.ownerReferences : [{ kind: 'ReplicaSet', name: owner, uid: owner }];
  return { ...pod, metadata: { ...metadata, name, uid: name, ...(ownerReferences && { ownerReferences }) } };
}

/** The service's only pod belongs to the newest ReplicaSet and is failing as captured; `older` pods of an older one serve. */
function withOldPods(failing: CapturedView, older: number, status: Partial<DeploymentStatus>): RolloutView {
  const healthy = captured('hpa-stabilized');
  const old = Array.from({ length: older }, (_, index) => anotherPod(healthy, `old-${index}`, 'old'));
  const oldSet: ReplicaSet = { ...failing.view.replicaSets[0]!, metadata: { ...failing.view.replicaSets[0]!.metadata, name: 'old', uid: 'old', annotations: { 'deployment.kubernetes.io/revision': '0' } } };
  const view = { ...failing.view, pods: [...failing.view.pods, ...old], replicaSets: [...failing.view.replicaSets, oldSet] };
  return withStatus(view, { replicas: older + 1, updatedReplicas: 1, availableReplicas: older, ...status }, older);
}

test.each([
  ['bad-image', 'ImagePullBackOff', "image docker.io/library/price-api:missing can't be pulled: dial tcp: lookup registry-1.docker.io on 10.0.0.2:53: no such host"],
  ['invalid-image', 'InvalidImageName', 'image docker.io/library/PRICE-API:x has a name that is none: invalid reference format: repository name (library/PRICE-API) must be lowercase'],
  ['never-pull', 'ErrImageNeverPull', "image docker.io/library/price-api:missing isn't on the node and may not be pulled"],
  ['crash-loop', 'CrashLoopBackOff', 'container api exits with code 6 at start, 4 times in 47 s'],
  ['exec-format', 'CrashLoopBackOff', 'container api exits with code 1 at start, 3 times in 15 s'],
  ['no-command', 'StartError', `container api can't be started: exec: "/no/such/program": stat /no/such/program: no such file or directory`],
  ['oom', 'OOMKilled', 'container api is killed for using more than its memory limit of 64Mi, 4 times by now'],
  ['startup', 'CrashLoopBackOff', 'container api is restarted, 4 times by now: startup probe failed: dial tcp 10.244.0.11:5000: connect: connection refused'],
  ['config-error', 'CreateContainerConfigError', `container api can't be created: configmap "missing" not found`],
  ['missing-volume', 'FailedMount', `can't be set up: MountVolume.SetUp failed for volume "prices" : configmap "missing-prices" not found`],
  ['unschedulable', 'Unschedulable', 'finds no room: 0/1 nodes are available: 1 Insufficient cpu (it requests 64 cpu and 64Mi memory)'],
  ['quota', 'FailedCreate', 'no more pods may be made: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1'],
])('%s fails with %s', (name, reason, text) => {
  const { view, nowMs } = captured(name);
  const verdict = judgeRollout(view, nowMs);
  expect(verdict).toMatchObject({ kind: 'failed', failure: { reason, text, pod: name === 'quota' ? null : view.pods[0]?.metadata.name } });
});

test.each([
  ['missing-volume', 15_000, "0 of 1 ready; missing-volume-8666b47675-4lznq: can't be set up"],
  ['config-error', 15_000, "0 of 1 ready; config-error-5c98cb66df-hq26s: container api can't be created"],
  ['unschedulable', 15_000, '0 of 1 ready; unschedulable-75f7487fc9-jrvst: finds no room'],
  ['readiness', 15_000, '0 of 1 ready'],
  ['readiness', 85_000, '0 of 1 ready; readiness-7c5f4dc754-5wpxs: container api isn\'t ready yet: Readiness probe failed'],
  ['quota', 15_000, '1 of 3 ready'],
])('%s is waited for after %d ms', (name, afterMs, text) => {
  const { view } = captured(name);
  const verdict = judgeRollout(view, view.sinceMs + afterMs);
  expect(verdict).toMatchObject({ kind: 'progressing', text: expect.stringContaining(text) });
});

test('a pod that is not ready for long fails, if a probe says why', () => {
  const { view, nowMs } = captured('readiness');
  const text = 'container api has not been ready for 95 s: Readiness probe failed: HTTP probe failed with statuscode: 503';
  expect(judgeRollout(view, nowMs + 10_000)).toMatchObject({ kind: 'failed', failure: { reason: 'Unhealthy', text, remedy: 'ask-readiness' } });
  expect(judgeRollout({ ...view, events: [] }, nowMs + 10_000)).toMatchObject({ kind: 'progressing' });
});

test('the first failed pull may pass, the second not', () => {
  const { view, nowMs } = captured('bad-image');
  const once = view.events.map((event) => ({ ...event, count: 1 }));
  const earlyMs = view.sinceMs + 10_000;
  expect(judgeRollout({ ...view, events: once }, earlyMs)).toMatchObject({ kind: 'progressing' });
  expect(judgeRollout(view, earlyMs)).toMatchObject({ kind: 'failed' });
  expect(judgeRollout({ ...view, events: [] }, nowMs), 'without events time decides').toMatchObject({ kind: 'failed' });
});

test.each([
  ['crash-loop', 1, 'failed'],
  ['crash-loop', 0, 'progressing'],
  ['exec-format', 2, 'failed'],
  ['exec-format', 1, 'progressing'],
  ['oom', 0, 'failed'],
])('%s with %d restarts: %s', (name, restartCount, kind) => {
  const { view, nowMs } = captured(name);
  const pods = view.pods.map((pod) => ({ ...pod, status: { ...pod.status, containerStatuses: pod.status?.containerStatuses?.map((status) => ({ ...status, restartCount })) ?? [] } }));
  expect(judgeRollout({ ...view, pods }, nowMs)).toMatchObject({ kind });
});

/** The failing pod with another state and number of restarts. */
function withState({ view }: CapturedView, state: ContainerState, restartCount: number): RolloutView {
  const pods = view.pods.map((pod) => ({ ...pod, status: { ...pod.status, containerStatuses: pod.status?.containerStatuses?.map((status) => ({ ...status, state, restartCount })) ?? [] } }));
  return { ...view, pods };
}

test('a container that runs again is failing for what it did before, until it gets over its start', () => {
  const failing = captured('crash-loop');
  const { nowMs } = failing;
  const since = (agoMs: number) => ({ running: { startedAt: new Date(nowMs - agoMs).toISOString() } });
  expect(judgeRollout(withState(failing, since(1_000), 2), nowMs), 'ended twice').toMatchObject({ kind: 'failed', failure: { log: { previous: true } } });
  expect(judgeRollout(withState(failing, since(1_000), 1), nowMs), 'ended once').toMatchObject({ kind: 'progressing' });
  expect(judgeRollout(withState(failing, since(61_000), 2), nowMs)).toMatchObject({ kind: 'progressing' });
});

test('a process that ends after it ran for long may run for long again', () => {
  const failing = captured('exec-format');
  const terminated = { exitCode: 1, startedAt: new Date(failing.nowMs - 3_600_000).toISOString(), finishedAt: new Date(failing.nowMs).toISOString() };
  const verdict = judgeRollout(withState(failing, { terminated }, 5), failing.nowMs);
  expect(verdict).toMatchObject({ kind: 'progressing', text: expect.stringContaining('container api exits with code 1 after 60 min, 6 times') });
});

test('events of another pod say nothing of this one', () => {
  const { view } = captured('bad-image');
  const events = view.events.flatMap((event) => [{ ...event, count: 1 }, { ...event, involvedObject: { ...event.involvedObject, uid: 'another' } }]);
  expect(judgeRollout({ ...view, events }, view.sinceMs + 10_000)).toMatchObject({ kind: 'progressing' });
});

test('a rollout is done when all pods are new and available', () => {
  const { view, nowMs } = captured('hpa-stabilized');
  expect(judgeRollout(view, nowMs)).toEqual({ kind: 'done', text: '2 of 2 ready', notes: [] });
  expect(judgeRollout(withStatus(withAvailable(view, 1), { updatedReplicas: 1 }), nowMs)).toEqual({ kind: 'progressing', text: '1 of 2 ready, 1 to be replaced' });
  expect(judgeRollout(withStatus(view, { replicas: 3 }), nowMs)).toEqual({ kind: 'progressing', text: '2 of 2 ready, 1 to be replaced' });
  expect(judgeRollout(withAvailable(view, 1), nowMs)).toEqual({ kind: 'progressing', text: '1 of 2 ready' });
  expect(judgeRollout(withStatus(view, { observedGeneration: 0 }), nowMs)).toEqual({ kind: 'progressing', text: 'waits for the deployment to be seen' });
  expect(judgeRollout({ ...view, deployment: undefined }, nowMs)).toEqual({ kind: 'progressing', text: 'waits for the deployment' });
});

test('a new service waits until the autoscaler asks for its minimum', () => {
  const { view, nowMs } = captured('hpa-new');
  expect(judgeRollout(view, nowMs)).toEqual({ kind: 'progressing', text: '1 of 2 ready, waits for the autoscaler to ask for 2' });
});

test('pods of an older ReplicaSet and pods that are being deleted fail nothing', () => {
  const failing = captured('crash-loop');
  const { view, nowMs } = captured('hpa-stabilized');
  const old = failing.view.pods.map((pod) => ({ ...pod, metadata: { ...pod.metadata, ownerReferences: [{ kind: 'ReplicaSet', name: 'old', uid: 'old' }] } }));
  const progressing = withStatus({ ...view, pods: [...view.pods, ...old], events: failing.view.events }, { replicas: 3 });
  expect(judgeRollout(progressing, nowMs)).toMatchObject({ kind: 'progressing' });
  const deleted = failing.view.pods.map((pod) => ({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: failing.view.pods[0]!.metadata.creationTimestamp! } }));
  expect(judgeRollout({ ...failing.view, pods: deleted }, failing.nowMs)).toMatchObject({ kind: 'progressing' });
});

test('a surge pod without room is waited for while as many as wanted have room, and the deadline ends that', () => {
  const failing = captured('unschedulable');
  const view = withOldPods(failing, 3, {});
  expect(judgeRollout(view, failing.nowMs)).toEqual({
    kind: 'progressing',
    text: "0 of 3 ready, 3 to be replaced; the rollout's extra pod finds no room: 0/1 nodes are available: 1 Insufficient cpu (it requests 64 cpu and 64Mi memory)",
  });
  expect(judgeRollout(withStatus(view, { conditions: givenUp(view.sinceMs + 1) }, 3), failing.nowMs)).toMatchObject({ kind: 'failed', failure: { reason: 'Unschedulable' } });
  expect(judgeRollout(withStatus(view, {}, 4), failing.nowMs)).toMatchObject({ kind: 'failed' });
});

test('pods that the autoscaler wants beyond what there is room for are a note', () => {
  const failing = captured('unschedulable');
  const healthy = captured('hpa-stabilized');
  const { autoscaler } = healthy.view;
  const pods = [...failing.view.pods, ...['a', 'b'].map((name) => anotherPod(healthy, name, failing.view.replicaSets[0]?.metadata.uid))];
  const view = withStatus({ ...failing.view, pods, autoscaler }, { replicas: 3, updatedReplicas: 3, availableReplicas: 2 }, 3);
  expect(judgeRollout(view, failing.nowMs)).toMatchObject({
    kind: 'done',
    text: '2 of 3 ready',
    notes: [expect.stringMatching(/^only 2 of the 3 replicas that the autoscaler wants run: unschedulable-\S+: finds no room/)],
  });
  const starting = withStatus({ ...view, pods: [...pods, anotherPod(healthy, 'c', failing.view.replicaSets[0]?.metadata.uid)] }, { replicas: 4, updatedReplicas: 4 }, 4);
  expect(judgeRollout(starting, failing.nowMs), 'one that has room is not ready yet').toMatchObject({ kind: 'progressing' });
  expect(judgeRollout(withStatus(view, { replicas: 4 }, 3), failing.nowMs), 'old pods are left').toMatchObject({ kind: 'failed' });
});

test("the deployment's deadline counts when it passed in this wait", () => {
  const { view, nowMs } = captured('hpa-stabilized');
  const waiting = withAvailable(view, 1);
  expect(judgeRollout(withStatus(waiting, { conditions: givenUp(view.sinceMs - 1_000) }), nowMs)).toMatchObject({ kind: 'progressing' });
  expect(judgeRollout(withStatus(waiting, { conditions: givenUp(view.sinceMs + 1_000) }), nowMs)).toMatchObject({
    kind: 'failed',
    failure: { reason: 'ProgressDeadlineExceeded', text: 'no progress for 120 s, 1 of 2 ready', pod: null },
  });
});
