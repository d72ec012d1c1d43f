import { expect, test } from 'vitest';
import type { Snapshot } from '../targets/target.ts';
import { eventsBetween } from './service-events.ts';
import { decisionFor, podSnapshot, watchedSnapshot } from './watch.fixture.ts';

function texts(before: Snapshot, after: Snapshot): readonly string[] {
  return eventsBetween(before, after).map(({ kind, tone, text }) => `${kind} ${tone}: ${text}`);
}

const names = ['price-api-1', 'price-api-2', 'price-api-3'];

test('nothing happened between two equal snapshots', () => {
  expect(eventsBetween(watchedSnapshot(), watchedSnapshot({ atMs: 1_000 }))).toEqual([]);
});

test('a decision is told with its words, from the moment that it was made', () => {
  const decision = decisionFor(132, names, 900);
  const after = watchedSnapshot({ atMs: 1_000, replicas: { min: 3, max: 10, desired: 7, ready: 3 }, autoscaler: { decision, explanation: 'later words', nextSyncAtMs: 2_000 } });
  expect(eventsBetween(watchedSnapshot(), after)).toEqual([
    { atMs: 1_000, kind: 'scale', tone: 'neutral', text: '3 → 7: CPU 132 % of request, target 50 %: wants 8; +4 per 15 s allows 7; may go to 8 in 15 s' },
  ]);
});

test('a decision that is no longer known is told with what is said now', () => {
  const after = watchedSnapshot({ replicas: { min: 3, max: 10, desired: 7, ready: 3 }, autoscaler: { decision: decisionFor(50, names), explanation: 'later words' } });
  expect(texts(watchedSnapshot(), after)).toEqual(['scale neutral: 3 → 7: later words']);
});

test('the life of a replica', () => {
  const others = names.map((name) => podSnapshot(name));
  const lives = [
    podSnapshot('new', { ready: false }),
    podSnapshot('new'),
    podSnapshot('new', { ready: false }),
    podSnapshot('new', { ready: false, restarts: 2, problem: 'exits with code 1' }),
    podSnapshot('new', { restarts: 2 }),
    podSnapshot('new', { restarts: 2, terminating: true }),
  ];
  const snapshots = [others, ...lives.map((pod) => [...others, pod]), others].map((pods) => watchedSnapshot({ pods, replicas: { min: 3, max: 10, desired: 3, ready: 3 } }));
  expect(snapshots.slice(1).map((after, index) => texts(snapshots[index] ?? after, after))).toEqual([
    ['pod neutral: new is starting'],
    ['pod good: new is ready'],
    ["pod careful: new isn't ready any more"],
    ['pod bad: new has restarted (2 so far)', 'pod bad: new has a problem: exits with code 1'],
    ['pod good: new is ready'],
    ['pod neutral: new is ending'],
    ['pod neutral: new is gone'],
  ]);
});

test('of a service that ends, only that is told, and of one that comes back', () => {
  const gone = watchedSnapshot({ state: 'stopped', pods: [], replicas: { min: 3, max: 10, desired: 0, ready: 0 }, prices: null, problem: 'the supervisor is gone' });
  expect(texts(watchedSnapshot(), gone)).toEqual(['state careful: ready → stopped: the supervisor is gone']);
  expect(texts(gone, watchedSnapshot())).toEqual(['state good: stopped → ready']);
});

test('a problem that comes and goes within one state', () => {
  const troubled = watchedSnapshot({ problem: 'no room for a pod' });
  expect(texts(watchedSnapshot(), troubled)).toEqual(['state careful: ready: no room for a pod']);
  expect(texts(troubled, watchedSnapshot())).toEqual(['state good: over: no room for a pod']);
});

test('other settings and other prices', () => {
  const after = watchedSnapshot({ replicas: { min: 2, max: 6, desired: 3, ready: 3 }, autoscaler: { cpuTarget: 60 }, prices: { rows: 1, bytes: 7, sha256: 'bbbbbbbb' } });
  expect(texts(watchedSnapshot(), after)).toEqual([
    'settings neutral: replicas: 3 to 10 → 2 to 6',
    'settings neutral: CPU target: 50 % → 60 %',
    'prices good: all replicas serve other prices: 1 row, 7 B, sha256 bbbbbb…',
  ]);
});
