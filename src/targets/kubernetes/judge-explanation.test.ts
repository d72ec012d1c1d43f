import { describe, expect, test } from 'vitest';
import type { KubeCondition, Pod } from '../../tools/kube-objects.ts';
import { before, external, makeAutoscaler, makeMetrics, makePod, makeScale, makeScaling, makeSight, sightMs, utilization } from './autoscaler-sight.fixture.ts';
import { explainSight } from './judge-explanation.ts';
import type { AutoscalerSight } from './judge-hpa-sight.ts';

const explain = (sight: AutoscalerSight) => explainSight(sight, null);
const withPod = (pod: Pod, metrics = makeSight('').podMetrics ?? []): Partial<AutoscalerSight> => ({ pods: [...(makeSight('').pods ?? []), pod], podMetrics: metrics });
const condition = (type: string, reason: string, message = ''): KubeCondition => ({ type, status: 'False', reason, message });

test('a wish that nothing holds: what it sets, and when', () => {
  const explanation = explain(makeSight('90m'));
  expect(explanation).toMatchObject({
    kind: 'kubernetes',
    context: 'prod',
    namespace: 'shop',
    name: 'web',
    scaleTarget: { kind: 'Deployment', name: 'web' },
    state: 'computed',
    replicas: { current: 4, desired: 4, min: 2, max: 10 },
    tolerance: { scaleUp: 0.1, scaleDown: 0.1 },
    wish: 8,
    outcome: { lowest: 8, highest: 8 },
    limit: null,
    nextLook: { earliestAtMs: sightMs + 10_000, latestAtMs: sightMs + 11_500 },
    nextChange: { earliestAtMs: sightMs + 10_000, latestAtMs: sightMs + 11_500, replicas: 8 },
    metrics: [{ name: 'CPU', source: 'recomputed', unit: 'percent', current: 90, target: 50, toleratedFrom: 45, toleratedTo: 55, ageMs: 10_000, windowMs: 15_000, wish: 8 }],
  });
  expect(explanation.text).toBe('CPU 90 % of request, target 50 %: wants 8; goes to 8 in 12 s');
});

test.for<[string, AutoscalerSight, string]>([
  ['within tolerance', makeSight('54m'), 'CPU 54 % of request, target 50 %: within tolerance (45 % to 55 %), keeps 4'],
  ['a tolerance of its own', makeSight('54m', { autoscaler: makeAutoscaler({ behavior: { scaleUp: { tolerance: '0.05' } } }) }), 'CPU 54 % of request, target 50 %: wants 5; goes to 5 in 12 s'],
  ['the maximum', makeSight('300m', { autoscaler: makeAutoscaler({ maxReplicas: 6 }) }), 'CPU 300 % of request, target 50 %: wants 24; the maximum is 6; goes to 6 in 12 s'],
  ['a policy', makeSight('300m'), 'CPU 300 % of request, target 50 %: wants 24; +4 per 15 s allows 8; goes to 8 in 12 s'],
  ['the minimum', makeSight('1m', { scale: makeScale(2), pods: [makePod('web-1'), makePod('web-2')] }), 'CPU 1 % of request, target 50 %: wants 1; the minimum is 2'],
  ['above the maximum', makeSight('50m', { scale: makeScale(12) }), '12 is above the maximum: goes to 10 at the next look'],
  ['off', makeSight('50m', { scale: makeScale(0), pods: [], podMetrics: [] }), 'off: Deployment web is set to 0 replicas'],
  ['its target is gone', makeSight('50m', { scale: null, pods: undefined, podMetrics: undefined }), "Deployment web isn't there: nothing is scaled"],
  ['no metrics API', makeSight('', { podMetrics: undefined, isMetricsApiFailing: true, whyUnknown: 'the cluster has no metrics API (metrics-server is missing)' }), 'CPU: the cluster has no metrics API (metrics-server is missing): keeps 4'],
  ['not measured', makeSight('', { podMetrics: [] }), 'CPU: the pods have not been measured yet: keeps 4'],
  ['no request', makeSight('50m', { pods: [makePod('web-1', {}, {})] }), 'CPU: container app of web-1 requests no cpu: keeps 4'],
])('%s', ([, sight, words]) => expect(explain(sight).text).toBe(words));

describe('pods that do not count', () => {
  test('a pod without metric, one that warms up and one that ends are named with why', () => {
    const young: Pod['status'] = { startTime: before(20), conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: before(12) }] };
    const ending = makePod('web-7');
    const pods = [...(makeSight('').pods ?? []), makePod('web-5'), makePod('web-6', young), { ...ending, metadata: { ...ending.metadata, deletionTimestamp: before(1) } }];
    const podMetrics = [...(makeSight('90m').podMetrics ?? []), makeMetrics('web-6', '90m'), makeMetrics('web-7', '90m')];
    const { metrics, text } = explain(makeSight('', { pods, podMetrics, scale: makeScale(6) }));
    expect(metrics[0]?.pods.slice(4).map(({ name, group, why }) => [name, group, why])).toEqual([
      ['web-5', 'missing', 'nobody has measured it yet'],
      ['web-6', 'unready', 'ready for 12 s, and its metric of 15 s begins before that'],
      ['web-7', 'ignored', 'it is ending'],
    ]);
    expect(text).toBe('CPU 90 % of request, target 50 %: 60 % with the others counted, wants 8; counted as idle: 1 without metric, 1 warming up; not counted: 1 ending; goes to 8 in 12 s');
  });

  test('readiness counts for CPU only', () => {
    const unready: Pod['status'] = { startTime: before(20), conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: before(12) }] };
    const sight = makeSight('90m', withPod(makePod('web-5', unready), [...(makeSight('90m').podMetrics ?? []), makeMetrics('web-5', '90m')]));
    const { metrics } = explain({ ...sight, autoscaler: makeAutoscaler({ metrics: [utilization('cpu', 50), utilization('memory', 80)] }) });
    expect(metrics.map(({ pods }) => pods.at(-1)?.group)).toEqual(['unready', 'ready']);
  });
});

describe('several metrics', () => {
  test('each of a resource is computed, and the highest wins', () => {
    const autoscaler = makeAutoscaler({
      metrics: [
        utilization('cpu', 50),
        { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '25Mi' } } },
        { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'app', target: { type: 'Utilization', averageUtilization: 60 } } },
      ],
    });
    const explanation = explain(makeSight('75m', { autoscaler }));
    expect(explanation.metrics.map(({ name, unit, current, target, wish }) => [name, unit, current, target, wish])).toEqual([
      ['CPU', 'percent', 75, 50, 6],
      ['memory', 'bytes', 50 * 2 ** 20, 25 * 2 ** 20, 8],
      ['CPU of container app', 'percent', 75, 60, 5],
    ]);
    expect(explanation.text).toBe('memory 50Mi, target 25Mi: wants 8; the highest wins: CPU wants 6, CPU of container app wants 5; goes to 8 in 12 s');
  });

  test('an average value counts a pod without metric as on target on the way down', () => {
    const autoscaler = makeAutoscaler({ metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '50m' } } }] });
    const { metrics } = explain(makeSight('', { autoscaler, scale: makeScale(5), ...withPod(makePod('web-5'), makeSight('10m').podMetrics) }));
    expect(metrics[0]).toMatchObject({ current: 10, corrected: 18, missingCountedAs: 50, wish: 2, unit: 'millicores' });
  });

  test('one that only the autoscaler reads is taken from its status, and that is said', () => {
    const autoscaler = makeAutoscaler({ metrics: [utilization('cpu', 50), external('queue', '10')] }, { currentMetrics: [{ type: 'Resource' }, external('queue', '15', 'current')] });
    const explanation = explain(makeSight('50m', { autoscaler }));
    expect(explanation.metrics[1]).toMatchObject({ name: 'external metric queue', source: 'status', current: 15, target: 10, wish: 6 });
    expect(explanation.text).toBe('external metric queue 15 at its last look, target 10: wants 6; the highest wins: CPU wants 4; goes to 6 in 12 s');
    expect(explanation.unknowns).toContain("the value of external metric queue is that of the autoscaler's last look: only it reads it");
  });

  test('one without a value leaves what it wants unknown, and says what at least comes', () => {
    const autoscaler = makeAutoscaler({ metrics: [utilization('cpu', 50), external('queue', '10')] });
    const explanation = explain(makeSight('90m', { autoscaler }));
    expect(explanation).toMatchObject({ state: 'unknown', wish: null, outcome: { lowest: 8, highest: 10 } });
    expect(explanation.text).toBe(
      "what it wants can't be computed (external metric queue: only the autoscaler reads it, and its status tells no value); CPU 90 % of request, target 50 %: wants 8; a look now sets at least 8; at its last look it wanted 4",
    );
  });

  test.each([
    ['an object', { type: 'Object', object: { metric: { name: 'hits' }, describedObject: { kind: 'Ingress', name: 'main' }, target: { type: 'Value', value: '100' } } }, { value: '200' }, 'metric hits of Ingress main', 8],
    ['pods', { type: 'Pods', pods: { metric: { name: 'hits' }, target: { type: 'AverageValue', averageValue: '100' } } }, { averageValue: '150' }, 'pods metric hits', 6],
    ['within tolerance', { type: 'Pods', pods: { metric: { name: 'hits' }, target: { type: 'AverageValue', averageValue: '100' } } }, { averageValue: '105' }, 'pods metric hits', 4],
  ] as const)('a metric of %s', (_, metric, current, name, wish) => {
    const source = 'object' in metric ? { object: { ...metric.object, current } } : { pods: { ...metric.pods, current } };
    const autoscaler = makeAutoscaler({ metrics: [metric] }, { currentMetrics: [{ type: metric.type, ...source }] });
    expect(explain(makeSight('50m', { autoscaler })).metrics[0]).toMatchObject({ name, wish, source: 'status' });
  });

  test('one that fails blocks scaling down, not up', () => {
    const autoscaler = makeAutoscaler({ metrics: [utilization('cpu', 50), utilization('gpu', 50)] });
    expect(explain(makeSight('10m', { autoscaler })).text).toBe('CPU 10 % of request, target 50 %: wants 1, but a metric that fails blocks scaling down; gpu: the pods have not been measured yet: keeps 4');
    expect(explain(makeSight('90m', { autoscaler })).text).toBe('CPU 90 % of request, target 50 %: wants 8; the highest wins: gpu fails; goes to 8 in 12 s');
  });
});

describe('minReplicas: 0', () => {
  const metrics = [external('queue', '10')];
  const scaledToZero: KubeCondition = { type: 'ScaledToZero', status: 'True', reason: 'ScaledToZero' };
  const none = { scale: makeScale(0), pods: [], podMetrics: [] };

  test('what it took to 0 itself comes back when its metric asks for it', () => {
    const status = { currentReplicas: 0, currentMetrics: [{ type: 'External', external: { metric: { name: 'queue' }, current: { value: '25' } } }], conditions: [scaledToZero] };
    const byValue = [{ type: 'External', external: { metric: { name: 'queue' }, target: { type: 'Value', value: '10' } } }] as const;
    const explanation = explain(makeSight('', { ...none, autoscaler: makeAutoscaler({ minReplicas: 0, metrics: byValue }, status) }));
    expect(explanation).toMatchObject({ state: 'computed', wish: 3, outcome: { lowest: 3, highest: 3 } });
  });

  test('at least the minimum comes back when that was raised since', () => {
    const status = { currentReplicas: 0, currentMetrics: [external('queue', '1', 'current')], conditions: [scaledToZero] };
    const explanation = explain(makeSight('', { ...none, autoscaler: makeAutoscaler({ minReplicas: 2, metrics }, status) }));
    expect(explanation).toMatchObject({ state: 'computed', outcome: { lowest: 2, highest: 2 } });
  });

  test('what somebody else set to 0 is off', () => {
    expect(explain(makeSight('', { ...none, autoscaler: makeAutoscaler({ minReplicas: 0, metrics }) })).text).toBe('off: Deployment web is set to 0 replicas');
  });
});

describe('what it remembers', () => {
  test('nobody sees its recommendations: it may be held until they are past', () => {
    const explanation = explain(makeSight('10m'));
    expect(explanation).toMatchObject({ wish: 1, outcome: { lowest: 2, highest: 4 }, nextChange: { replicas: 2, earliestAtMs: sightMs + 10_000, latestAtMs: sightMs + 311_500 } });
    expect(explanation.text).toBe('CPU 10 % of request, target 50 %: wants 1; a window may hold it; the minimum is 2; may go to 2 in 10 to 312 s');
    expect(explanation.unknowns).toContain("what it recommended in the last 300 s, which it remembers, can't be seen");
  });

  test('it scaled up a minute ago, so it recommended as many then', () => {
    const autoscaler = makeAutoscaler({}, { lastScaleTime: before(60) });
    const explanation = explain(makeSight('10m', { autoscaler, events: [makeScaling(4, 60)] }));
    expect(explanation).toMatchObject({ outcome: { lowest: 4, highest: 4 }, heldBy: { window: 'down', windowMs: 300_000, replicas: 4, untilMs: sightMs + 240_000 } });
    expect(explanation.nextChange?.earliestAtMs).toBe(sightMs + 250_000);
  });

  test('it scaled up for another reason than its metrics, so nobody knows what it recommended', () => {
    const autoscaler = makeAutoscaler({}, { lastScaleTime: before(60) });
    const events = [makeScaling(4, 60, 'Current number of replicas below Spec.MinReplicas')];
    expect(explain(makeSight('10m', { autoscaler, events }))).toMatchObject({ outcome: { lowest: 2, highest: 4 }, heldBy: null });
  });

  test('an event that stands for many scalings tells the times of two', () => {
    const behavior = { scaleUp: { policies: [{ type: 'Pods', value: 4, periodSeconds: 60 }] } } as const;
    const autoscaler = makeAutoscaler({ behavior }, { lastScaleTime: before(30) });
    const events = [makeScaling(1, 90), { ...makeScaling(4, 30), count: 3, firstTimestamp: before(70) }];
    expect(explain(makeSight('90m', { autoscaler, events }))).toMatchObject({ outcome: { lowest: 4 } });
    expect(explain(makeSight('90m', { autoscaler, events })).unknowns.join()).toMatch(/how much it scaled in the last 60 s, which its policies count, isn't told/);
  });

  test('a scaling of whose size nobody tells may leave less room to a policy', () => {
    const behavior = { scaleUp: { policies: [{ type: 'Pods', value: 4, periodSeconds: 60 }] } } as const;
    const autoscaler = makeAutoscaler({ behavior }, { lastScaleTime: before(30) });
    expect(explain(makeSight('90m', { autoscaler, events: undefined }))).toMatchObject({ outcome: { lowest: 4, highest: 8 } });
    const told = explain(makeSight('90m', { autoscaler, events: [makeScaling(1, 90), makeScaling(4, 30)] }));
    expect(told).toMatchObject({ outcome: { lowest: 5, highest: 5 }, limit: { reason: 'ScaleUpLimit', replicas: 5 } });
  });

  test('without a behavior one look doubles at most, and the window of the controller holds', () => {
    const spec = makeAutoscaler().spec;
    const { behavior: _, ...plain } = spec;
    const autoscaler = { ...makeAutoscaler(), spec: { ...plain, maxReplicas: 40 } };
    expect(explain(makeSight('300m', { autoscaler })).text).toMatch(/: wants 24; .*allows 8; goes to 8 in 12 s$/);
    expect(explain(makeSight('10m', { autoscaler }))).toMatchObject({ outcome: { lowest: 2, highest: 4 } });
  });
});

test.each([
  ['several HPAs on the same pods', condition('ScalingActive', 'AmbiguousSelector', 'pods by selector app=web are controlled by multiple HPAs'), /^pods by selector app=web are controlled by multiple HPAs: keeps 4$/],
  ['a scale without selector', condition('ScalingActive', 'InvalidSelector', "the HPA target's scale is missing a selector"), /missing a selector: keeps 4$/],
])('%s', (_, said, words) => {
  expect(explain(makeSight('90m', { autoscaler: makeAutoscaler({}, { conditions: [said] }) }))).toMatchObject({ state: 'failed', text: expect.stringMatching(words) });
});

test("what may not be read is unknown, and the autoscaler's own word is left", () => {
  const denials = ['you may not list pods.metrics.k8s.io in namespace shop: what the pods use is unknown'];
  const autoscaler = makeAutoscaler({}, { desiredReplicas: 4, currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 61 } } }] });
  const explanation = explain(makeSight('', { autoscaler, podMetrics: undefined, denials, whyUnknown: 'you may not list pods.metrics.k8s.io in namespace shop' }));
  expect(explanation).toMatchObject({ state: 'unknown', wish: null, outcome: null, nextChange: null, metrics: [{ source: 'status', current: 61, wish: null }] });
  expect(explanation.text).toBe("what it wants can't be computed (CPU: you may not list pods.metrics.k8s.io in namespace shop); at its last look it wanted 4");
  expect(explanation.unknowns[0]).toBe(denials[0]);
});

test.each([
  ['nobody tells', []],
  ['is long past', [{ subresource: 'status', time: before(700) }]],
])('a look whose time %s comes within a period', (_, managedFields) => {
  const autoscaler = makeAutoscaler();
  const explanation = explain(makeSight('90m', { autoscaler: { ...autoscaler, metadata: { ...autoscaler.metadata, managedFields } } }));
  expect(explanation.nextLook).toEqual({ earliestAtMs: sightMs, latestAtMs: sightMs + 15_000 });
  expect(explanation.unknowns.join()).toMatch(/when it last looked isn't told.*; it looks every 15 s/);
});

test("a cluster's clock that is ahead is told", () => {
  const podMetrics = (makeSight('90m').podMetrics ?? []).map((metrics) => ({ ...metrics, timestamp: before(-40) }));
  expect(explain(makeSight('90m', { podMetrics })).unknowns.join()).toMatch(/clock is 40 s ahead/);
});

test('a request of the pod as a whole wins over those of its containers', () => {
  const pods = (makeSight('').pods ?? []).map((pod) => ({ ...pod, spec: { ...pod.spec, resources: { requests: { cpu: '200m' } } } }));
  expect(explain(makeSight('90m', { pods })).metrics[0]).toMatchObject({ current: 45 });
});
