import { explainDecision } from '../autoscale/explain.ts';
import { describePriceData } from '../prices/describe-data.ts';
import type { PodSnapshot, Snapshot } from '../targets/target.ts';

/** What kind of change an event tells. */
export type ServiceEventKind = 'scale' | 'pod' | 'prices' | 'settings' | 'state' | 'look' | 'load';

/** How an event is to be taken. */
export type EventTone = 'good' | 'neutral' | 'careful' | 'bad';

/** One thing that happened to a service. */
export interface ServiceEvent {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly kind: ServiceEventKind;
  readonly tone: EventTone;
  /** One line for people. */
  readonly text: string;
}

type Change = Omit<ServiceEvent, 'atMs'>;

/** What happened between two successive snapshots of a service, as far as they show it. */
export function eventsBetween(before: Snapshot, after: Snapshot): readonly ServiceEvent[] {
  // Where no pod is known nothing can be said of one: the service is gone, or nobody answers for it.
  const knowsPods = before.pods.length > 0 && after.pods.length > 0;
  const changes = [
    ...stateChanges(before, after),
    ...settingChanges(before, after),
    ...(knowsPods ? [...scaleChanges(before, after), ...podChanges(before.pods, after.pods)] : []),
    ...priceChanges(before, after),
  ];
  return changes.map((change) => ({ atMs: after.atMs, ...change }));
}

function stateChanges(before: Snapshot, after: Snapshot): readonly Change[] {
  const { state, problem } = after;
  if (state === before.state && problem === before.problem) return [];
  if (state === before.state && problem === null) return [{ kind: 'state', tone: 'good', text: `over: ${before.problem}` }];
  const tones = { ready: 'good', starting: 'neutral', absent: 'careful', stopped: 'careful', degraded: 'bad' } as const;
  const turned = state === before.state ? state : `${before.state} → ${state}`;
  if (problem === null) return [{ kind: 'state', tone: tones[state], text: turned }];
  return [{ kind: 'state', tone: state === 'degraded' ? 'bad' : 'careful', text: `${turned}: ${problem}` }];
}

function settingChanges(before: Snapshot, after: Snapshot): readonly Change[] {
  // What isn't there has no settings.
  if (before.replicas.max === 0 || after.replicas.max === 0) return [];
  const pairs = [
    ['replicas', `${before.replicas.min} to ${before.replicas.max}`, `${after.replicas.min} to ${after.replicas.max}`],
    ['CPU target', `${before.autoscaler.cpuTarget} %`, `${after.autoscaler.cpuTarget} %`],
  ] as const;
  return pairs.flatMap(([name, from, to]) => (from === to ? [] : [{ kind: 'settings', tone: 'neutral', text: `${name}: ${from} → ${to}` }]));
}

function scaleChanges(before: Snapshot, after: Snapshot): readonly Change[] {
  const from = before.replicas.desired;
  const to = after.replicas.desired;
  if (from === to) return [];
  const { decision, explanation } = after.autoscaler;
  const isThatDecision = decision !== null && decision.currentReplicas === from && decision.desiredReplicas === to;
  const words = isThatDecision ? explainDecision(decision, { nowMs: decision.atMs }) : explanation;
  return [{ kind: 'scale', tone: 'neutral', text: `${from} → ${to}: ${words}` }];
}

function podChanges(before: readonly PodSnapshot[], after: readonly PodSnapshot[]): readonly Change[] {
  const known = new Map(before.map((pod) => [pod.name, pod]));
  const left = new Set(after.map((pod) => pod.name));
  return [
    ...after.flatMap((pod) => podChange(known.get(pod.name), pod)),
    ...before.filter((pod) => !left.has(pod.name)).map((pod): Change => ({ kind: 'pod', tone: 'neutral', text: `${pod.name} is gone` })),
  ];
}

function podChange(before: PodSnapshot | undefined, { name, ready, terminating, restarts, problem }: PodSnapshot): readonly Change[] {
  const say = (tone: EventTone, text: string): Change => ({ kind: 'pod', tone, text: `${name} ${text}` });
  const changes: Change[] = [];
  if (restarts > (before?.restarts ?? 0)) changes.push(say('bad', `has restarted (${restarts} so far)`));
  if (problem !== null && problem !== before?.problem) changes.push(say('bad', `has a problem: ${problem}`));
  if (terminating && !before?.terminating) changes.push(say('neutral', 'is ending'));
  else if (ready && !before?.ready) changes.push(say('good', 'is ready'));
  else if (before === undefined) changes.push(say('neutral', 'is starting'));
  else if (before.ready && !ready && !terminating) changes.push(say('careful', "isn't ready any more"));
  return changes;
}

function priceChanges(before: Snapshot, after: Snapshot): readonly Change[] {
  if (before.prices === null || after.prices === null || before.prices.sha256 === after.prices.sha256) return [];
  return [{ kind: 'prices', tone: 'good', text: `all replicas serve other prices: ${describePriceData(after.prices)}` }];
}
