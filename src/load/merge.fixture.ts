import { quantileGrid } from './merge-grid.ts';
import type { PayloadMetric, RunnerPayload } from './merge-payload.ts';

/** Numbers 0 .. 1 without 0 and 1, the same for the same seed (Park and Miller, CACM 31 (10), 1988). */
export function createRandom(seed: number): () => number {
  const modulus = 2_147_483_647;
  let state = (seed % (modulus - 1)) + 1;
  return () => {
    state = (state * 16_807) % modulus;
    return state / modulus;
  };
}

/** Shapes of latencies in milliseconds; `shift` makes a runner slower than others. */
export const distributions = {
  uniform: (random, shift) => 1 + 99 * random() + shift,
  'log-normal': (random, shift) => Math.exp(3 + shift / 100 + 0.5 * normal(random)),
  bimodal: (random, shift) => (random() < 0.6 ? 1 + 0.1 * random() : 200 + shift + 20 * random()),
  'slow tail': (random, shift) => (random() < 0.98 ? Math.exp(3 + 0.5 * normal(random)) : Math.exp(5.2 + shift / 100 + 0.6 * normal(random))),
  constant: () => 7.25,
  'few values': (random) => Math.floor(5 * random()) / 2,
} satisfies Record<string, (random: () => number, shift: number) => number>;

export type Distribution = keyof typeof distributions;

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}

/** Sorted samples. */
export function samplesOf(distribution: Distribution, count: number, random: () => number, shift = 0): Float64Array {
  const draw: (random: () => number, shift: number) => number = distributions[distribution];
  return Float64Array.from({ length: count }, () => draw(random, shift)).toSorted();
}

/** All samples of all runners, sorted. */
export function pooled(runners: readonly Float64Array[]): Float64Array {
  const pool = new Float64Array(runners.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const samples of runners) {
    pool.set(samples, end);
    end += samples.length;
  }
  return pool.toSorted();
}

/** Percentile of sorted samples as k6 has it (k6: metrics/sink.go, TrendSink.P). */
export function percentileOf(sorted: Float64Array, q: number): number {
  const rank = q * (sorted.length - 1);
  const low = sorted[Math.floor(rank)] ?? 0;
  const high = sorted[Math.ceil(rank)] ?? 0;
  return low + (high - low) * (rank - Math.floor(rank));
}

/** What k6 tells of a trend of these sorted samples. */
export function trendOf(sorted: Float64Array): Extract<PayloadMetric, { readonly type: 'trend' }> {
  return {
    type: 'trend',
    contains: 'time',
    count: sorted.length,
    min: sorted[0] ?? 0,
    max: sorted.at(-1) ?? 0,
    avg: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    grid: quantileGrid.map((point) => percentileOf(sorted, point / 100)),
  };
}

/** The payload of a runner that worked for 10 s until `endedAtMs`. */
export function payloadOf(metrics: RunnerPayload['metrics'], changes: Partial<RunnerPayload> = {}): RunnerPayload {
  return { v: 1, endedAtMs: 1_764_000_010_000, durationMs: 10_000, metrics, checks: [], thresholds: {}, ...changes };
}
