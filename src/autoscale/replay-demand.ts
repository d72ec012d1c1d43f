import type { PodSample } from './pods.ts';
import type { RecordedSync } from './replay-syncs.ts';

/** CPU that all replicas together used until `toMs`, since the reading before. */
export interface Reading {
  readonly toMs: number;
  readonly millicores: number;
  /** Replicas whose CPU was measured. */
  readonly measured: number;
}

/** The whole load a second, by the time at which each second ended, in its order. */
type Load = readonly { readonly elapsedMs: number; readonly requestsPerSecond: number }[];

/**
 * The CPU of all replicas at each metric that the autoscaler saw. Replicas that take load but aren't measured yet are counted by the requests that
 * measured ones don't account for, at most as much a replica as those.
 */
export function findReadings(syncs: readonly RecordedSync[], load: Load): readonly Reading[] {
  const readings: Reading[] = [];
  for (const sync of syncs) {
    const reading = readSync(sync, load);
    if (reading === undefined) continue;
    const last = readings.at(-1);
    // After a clock that jumped the age is wrong.
    const toMs = Math.max(reading.toMs, last?.toMs ?? -Infinity);
    if (last !== undefined && toMs <= last.toMs + sameMetricMs) readings.pop();
    readings.push({ ...reading, toMs });
  }
  return readings;
}

/** Metrics of one reading are some milliseconds apart; two readings at least the shortest resolution. */
const sameMetricMs = 50;

function readSync({ ms, metricAgeMs, outcome, look }: RecordedSync, load: Load): Reading | undefined {
  if (outcome?.pods == null || metricAgeMs === null) return undefined;
  const measured = outcome.pods.filter((pod): pod is PodSample & { cpu: object } => pod.cpu !== null && !pod.terminating && pod.phase !== 'Failed');
  if (measured.length === 0) return undefined;
  const toMs = ms - metricAgeMs;
  const windowMs = measured.reduce((longest, { cpu }) => Math.max(longest, cpu.windowMs), 0);
  const used = measured.reduce((sum, { cpu }) => sum + cpu.millicores, 0);
  const names = new Set(measured.map(({ name }) => name));
  const accounted = look.pods.reduce((sum, { name, requestsPerSecond }) => (names.has(name) ? sum + (requestsPerSecond ?? 0) : sum), 0);
  const all = averageLoad(load, toMs - windowMs, toMs);
  const most = Math.max(1, look.ready / measured.length);
  const share = all === undefined || accounted === 0 ? 1 : Math.min(Math.max(1, all / accounted), most);
  return { toMs, millicores: used * share, measured: measured.length };
}

function averageLoad(load: Load, fromMs: number, toMs: number): number | undefined {
  const endOf = (ms: number) => countWhile(load.length, (index) => (load[index]?.elapsedMs ?? 0) <= ms);
  const within = load.slice(endOf(fromMs), endOf(toMs + 500));
  return within.length === 0 ? undefined : within.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0) / within.length;
}

/** How many of a number of entries are at the front, of which all of them come before all others. By halves: a day has 86,400 seconds and half as many looks. */
function countWhile(length: number, isFront: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isFront(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** CPU demand over time: each reading's from the one before, the first's before it, the last's after it. */
export class DemandCurve {
  readonly #ends: readonly number[];
  readonly #values: readonly number[];
  /** Millicore-milliseconds up to each end, from the first. */
  readonly #sums: readonly number[];

  /** `readings` in order of time, at least one. */
  constructor(readings: readonly Reading[]) {
    this.#ends = readings.map(({ toMs }) => toMs);
    this.#values = readings.map(({ millicores }) => millicores);
    let sum = 0;
    this.#sums = readings.map(({ toMs, millicores }, index) => {
      sum += index === 0 ? 0 : (toMs - (readings[index - 1]?.toMs ?? toMs)) * millicores;
      return sum;
    });
  }

  /** Moments at which the demand changes. */
  get changes(): readonly number[] {
    return this.#ends;
  }

  at(ms: number): number {
    return this.#values[Math.min(this.#indexAt(ms), this.#values.length - 1)] ?? 0;
  }

  average(fromMs: number, toMs: number): number {
    return toMs <= fromMs ? this.at(toMs) : (this.#sumUntil(toMs) - this.#sumUntil(fromMs)) / (toMs - fromMs);
  }

  #sumUntil(ms: number): number {
    const index = Math.min(this.#indexAt(ms), this.#ends.length - 1);
    return (this.#sums[index] ?? 0) - ((this.#ends[index] ?? 0) - ms) * (this.#values[index] ?? 0);
  }

  /** The first reading that ends at `ms` or later; their number after the last. */
  #indexAt(ms: number): number {
    return countWhile(this.#ends.length, (index) => (this.#ends[index] ?? 0) < ms);
  }
}
