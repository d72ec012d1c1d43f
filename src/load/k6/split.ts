import type { Scenario } from '../profile.ts';
import { plannedVus, usefulWorkers } from '../node/shares.ts';

/** What one k6 process gets of a scenario. */
export interface RunnerShare {
  /** Virtual users that it sets up before it begins; of a ramp, at its highest. */
  readonly vus: number;
  /** Most virtual users that it may have; as `vus` but for arrival rates. */
  readonly maxVus: number;
  /** Iterations a second, of a ramp at its highest; null where virtual users decide. */
  readonly rate: number | null;
}

/** What `--execution-segment` and `--execution-segment-sequence` of one process are. */
export interface Segment {
  readonly segment: string;
  readonly sequence: string;
}

/** How many k6 processes a scenario can use: never more than it has virtual users, as one without any would drop its share of the starts. */
export function usefulRunners(scenario: Scenario, wanted: number): number {
  return usefulWorkers(scenario, wanted);
}

/**
 * How k6 divides a scenario among `runners` processes with segments of one size. Numbered things are dealt out in turn; an arrival rate goes by
 * the processes' shares of `maxVUs` (k6: lib/execution_segment.go, ScaleInt64 and GetNewExecutionTupleFromValue).
 */
export function splitLoad(scenario: Scenario, runners: number): readonly RunnerShare[] {
  const rate = highestRate(scenario);
  const most = mostVus(scenario);
  return Array.from({ length: runners }, (_, index) => {
    const maxVus = dealt(most, index, runners);
    return { vus: dealt(plannedVus(scenario), index, runners), maxVus, rate: rate === null ? null : (rate * maxVus) / most };
  });
}

/** Why the processes don't get the same load, in words; undefined when they do. */
export function unevenShares(scenario: Scenario, runners: number): string | undefined {
  const most = mostVus(scenario);
  const planned = plannedVus(scenario);
  if (most % runners === 0 && planned % runners === 0) return undefined;
  const shares = splitLoad(scenario, runners);
  const rates = shares.flatMap(({ rate }) => rate ?? []);
  const words = rates.length === 0 ? `${list(shares.map(({ vus }) => vus))} VUs` : `${list(rates)} iterations/s`;
  const total = planned % runners === 0 ? most : planned;
  return `${total} VUs can't be divided by ${runners} runners: they get ${words}`;
}

/** Segments of one size that are the whole together. */
export function segmentsOf(runners: number): readonly Segment[] {
  const points = Array.from({ length: runners + 1 }, (_, index) => (index === 0 ? '0' : index === runners ? '1' : `${index}/${runners}`));
  const sequence = points.join(',');
  return points.slice(1).map((end, index) => ({ segment: `${points[index] ?? '0'}:${end}`, sequence }));
}

/** The most virtual users that a scenario may have. */
export function mostVus(scenario: Scenario): number {
  return 'maxVus' in scenario ? scenario.maxVus : plannedVus(scenario);
}

function list(values: readonly number[]): string {
  return values.map((value) => value.toLocaleString('en-US', { maximumFractionDigits: 2 })).join(', ');
}

function dealt(total: number, index: number, runners: number): number {
  return Math.floor(total / runners) + (index < total % runners ? 1 : 0);
}

function highestRate(scenario: Scenario): number | null {
  if (scenario.executor === 'constant-arrival-rate') return scenario.rate;
  if (scenario.executor === 'ramping-arrival-rate') return Math.max(scenario.startRate, ...scenario.stages.map(({ target }) => target));
  return null;
}
