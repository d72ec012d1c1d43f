import { idleAutoscaler } from '../../src/targets/idle-autoscaler.ts';
import { urlOf } from '../../src/targets/not-up.ts';
import type { LogLine, ServiceSettings, Snapshot, Step, Target } from '../../src/targets/target.ts';

/** What a fake target was asked to do, in order. */
export interface FakeTarget extends Target {
  readonly calls: string[];
  running: ServiceSettings | undefined;
  /** Step of `up` that fails, and with what. */
  failure: { readonly step: string; readonly error: Error } | undefined;
}

/** A target in memory: `up` makes it ready, `down` absent. */
export function createFakeTarget(): FakeTarget {
  const identity = { target: 'local', context: null, namespace: 'pricectl', name: 'price-api' } as const;
  const target: FakeTarget = {
    identity,
    calls: [],
    running: undefined,
    failure: undefined,
    runningSettings: async () => target.running,
    upSteps: (settings) => ['prices', 'replicas'].map((title) => fakeStep(target, title, () => (target.running = settings))),
    planSteps: () => [{ title: 'prices', run: async () => ({ outcome: target.running === undefined ? 'skipped' : 'unchanged', detail: '' }) }],
    pushSteps: async () => [fakeStep(target, 'pods', () => {})],
    connect: async () => ({ url: urlOf(fakeSnapshot(target)), warning: null, async [Symbol.asyncDispose]() {} }),
    shell: async () => ({ file: '/bin/sh', args: [], env: {}, url: '', async [Symbol.asyncDispose]() {} }),
    downSteps: () => [fakeStep(target, 'supervisor', () => (target.running = undefined))],
    snapshot: async () => fakeSnapshot(target),
    async *logs(): AsyncGenerator<LogLine> {
      yield { pod: 'price-api-1', timeMs: null, text: 'hello' };
    },
    async lock(command) {
      target.calls.push(`lock ${command}`);
      return { async [Symbol.asyncDispose]() { target.calls.push('unlock'); } };
    },
    async [Symbol.asyncDispose]() {},
  };
  return target;
}

function fakeStep(target: FakeTarget, title: string, effect: () => void): Step {
  return {
    title,
    async run() {
      target.calls.push(title);
      if (target.failure?.step === title) throw target.failure.error;
      effect();
      return { outcome: 'done', detail: '' };
    },
  };
}

function fakeSnapshot(target: FakeTarget): Snapshot {
  const { identity, running } = target;
  const ready = running?.min ?? 0;
  return {
    atMs: 0,
    state: running === undefined ? 'absent' : 'ready',
    identity,
    url: running === undefined ? null : `http://127.0.0.1:${running.port}`,
    image: null,
    replicas: { min: running?.min ?? 0, max: running?.max ?? 0, desired: ready, ready },
    autoscaler: { ...idleAutoscaler('emulated', running?.cpuTarget ?? 50, 'within tolerance'), cpuPercent: 10 },
    pods: [],
    prices: null,
    problem: null,
  };
}
