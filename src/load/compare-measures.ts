import type { Share } from './compare-distributions.ts';
import { adjustHolm, fisherTail } from './compare-distributions.ts';
import { testPaired, testUnpaired, type WindowsTest } from './compare-windows.ts';
import type { LoadProgress } from './engine.ts';
import type { LoadTestResult } from './summary.ts';

/** A run as a comparison takes it. */
export interface ComparedRun {
  readonly result: LoadTestResult;
  /** About one entry a second. */
  readonly series: readonly LoadProgress[];
  /** What was scaled meanwhile; null when it isn't known. */
  readonly replicas: { readonly highest: number; readonly podSeconds: number } | null;
}

/**
 * What a test says of a measure.
 * - `higher`, `lower`: B's, by more than noise.
 * - `noise`: no more than noise, or under 1 %.
 * - `untested`: nothing can be said.
 */
export type Finding = 'higher' | 'lower' | 'noise' | 'untested';

/** How a measure was tested. */
export interface MeasureTest {
  readonly name: 'paired windows' | 'unpaired windows' | 'Fisher';
  /** Adjusted for the number of tests of this comparison. */
  readonly p: number;
  /** Ends of the 95 % confidence interval of the change, not adjusted: 0.1 is 10 %. Null for Fisher's test. */
  readonly low: number | null;
  readonly high: number | null;
  /** Windows of each run and their length; null for Fisher's test. */
  readonly windows: number | null;
  readonly windowSeconds: number | null;
}

/** One measure of both runs. */
export interface ComparedMeasure {
  readonly name: string;
  readonly unit: 'count' | 'a second' | 'ms' | 'share' | 'replicas' | 'pod-seconds';
  /** Over the whole run; null is unknown. */
  readonly a: number | null;
  readonly b: number | null;
  /** Of a typical second where that was tested, else of the values: 0.1 is 10 % more in B. Null when A is 0 or unknown. */
  readonly change: number | null;
  readonly finding: Finding;
  /** Why it is untested; null when it was tested. */
  readonly untested: string | null;
  readonly test: MeasureTest | null;
}

/** Smaller changes matter to nobody, however sure they are. */
const smallestChange = 0.01;

/** Chance of any false alarm that a comparison takes. */
const falseAlarm = 0.05;

/** What of a second is compared. */
const perSecond = [
  { name: 'http_reqs', unit: 'a second', metric: 'http_reqs', value: 'rate', read: (second: LoadProgress) => second.requestsPerSecond },
  { name: 'http_req_duration p(50)', unit: 'ms', metric: 'http_req_duration', value: 'med', read: (second: LoadProgress) => second.p50Ms },
  { name: 'http_req_duration p(95)', unit: 'ms', metric: 'http_req_duration', value: 'p(95)', read: (second: LoadProgress) => second.p95Ms },
  { name: 'http_req_duration p(99)', unit: 'ms', metric: 'http_req_duration', value: 'p(99)', read: (second: LoadProgress) => second.p99Ms },
] as const;

/** Compares what two runs measured. `paired`: the same load in both, so that seconds of the same time belong together. */
export function compareMeasures(a: ComparedRun, b: ComparedRun, paired: boolean): readonly ComparedMeasure[] {
  const tested = [
    ...perSecond.map(({ name, unit, metric, value, read }) => {
      const base = { name, unit, a: valueOf(a, metric, value), b: valueOf(b, metric, value) };
      return toMeasure(base, testSeconds(a, b, read, paired), paired);
    }),
    compareFailures(a, b),
  ];
  const adjusted = adjustHolm(tested.flatMap(({ test }) => test?.p ?? []));
  let next = 0;
  const judged = tested.map((measure) => (measure.test === null ? measure : judge(measure, adjusted[next++] ?? 1)));
  return [counted('requests', 'count', valueOf(a, 'http_reqs', 'count'), valueOf(b, 'http_reqs', 'count')), ...judged, ...countedRest(a, b)];
}

function testSeconds(a: ComparedRun, b: ComparedRun, read: (second: LoadProgress) => number | null, paired: boolean): WindowsTest {
  const [left, right] = [logsBySecond(a, read), logsBySecond(b, read)];
  if (!paired) return testUnpaired([...left.values()], [...right.values()]);
  const both = [...left.keys()].filter((second) => right.has(second));
  return testPaired(both.map((second) => left.get(second) ?? 0), both.map((second) => right.get(second) ?? 0));
}

/** Logarithms, so that differences are ratios. A second without requests has no value. */
function logsBySecond({ series }: ComparedRun, read: (second: LoadProgress) => number | null): ReadonlyMap<number, number> {
  return new Map(
    series.flatMap((second): [number, number][] => {
      const value = read(second);
      return value === null || value <= 0 ? [] : [[Math.round(second.elapsedMs / 1_000), Math.log(value)]];
    }),
  );
}

type Values = Pick<ComparedMeasure, 'name' | 'unit' | 'a' | 'b'>;

function toMeasure(values: Values, result: WindowsTest, paired: boolean): ComparedMeasure {
  if (result.kind === 'untested') {
    const why = result.reason === 'no-values' ? 'there is no value a second of both' : `what it is in one second goes on for long, so it takes two windows of ${result.length} s each`;
    return { ...counted(values.name, values.unit, values.a, values.b), untested: why };
  }
  const { difference, low, high, p, windows, length } = result;
  const name = paired ? 'paired windows' : 'unpaired windows';
  const test: MeasureTest = { name, p, low: Math.expm1(low), high: Math.expm1(high), windows, windowSeconds: length };
  return { ...values, change: Math.expm1(difference), finding: 'noise', untested: null, test };
}

function compareFailures(a: ComparedRun, b: ComparedRun): ComparedMeasure {
  const [left, right] = [failuresOf(a), failuresOf(b)];
  const base = counted('http_req_failed', 'share', rate(left), rate(right));
  if (left.total === 0 || right.total === 0) return { ...base, untested: 'a run without requests' };
  return { ...base, untested: null, test: { name: 'Fisher', p: fisherTail(left, right), low: null, high: null, windows: null, windowSeconds: null } };
}

function rate({ count, total }: Share): number | null {
  return total === 0 ? null : count / total;
}

/** k6 counts a failure as a pass of the rate `http_req_failed`. */
function failuresOf(run: ComparedRun): Share {
  const count = valueOf(run, 'http_req_failed', 'passes') ?? 0;
  return { count, total: count + (valueOf(run, 'http_req_failed', 'fails') ?? 0) };
}

function judge(measure: ComparedMeasure, p: number): ComparedMeasure {
  const { test, a, b, change } = measure;
  if (test === null) return measure;
  const isSmall = change !== null && Math.abs(change) < smallestChange;
  const isHigher = test.name === 'Fisher' ? (b ?? 0) > (a ?? 0) : (change ?? 0) > 0;
  const finding = p >= falseAlarm || isSmall ? 'noise' : isHigher ? 'higher' : 'lower';
  return { ...measure, finding, test: { ...test, p } };
}

function countedRest(a: ComparedRun, b: ComparedRun): readonly ComparedMeasure[] {
  const dropped = [valueOf(a, 'dropped_iterations', 'count') ?? 0, valueOf(b, 'dropped_iterations', 'count') ?? 0] as const;
  return [
    ...(dropped[0] + dropped[1] === 0 ? [] : [counted('dropped_iterations', 'count', ...dropped)]),
    ...(a.replicas === null && b.replicas === null
      ? []
      : [
          counted('most replicas', 'replicas', a.replicas?.highest ?? null, b.replicas?.highest ?? null),
          counted('pod-seconds', 'pod-seconds', a.replicas?.podSeconds ?? null, b.replicas?.podSeconds ?? null),
        ]),
  ];
}

/** A number that each run has once: nothing tells its noise. */
function counted(name: string, unit: ComparedMeasure['unit'], a: number | null, b: number | null): ComparedMeasure {
  const change = a === null || b === null || a === 0 ? null : b / a - 1;
  return { name, unit, a, b, change, finding: 'untested', untested: 'one number a run: its noise is unknown', test: null };
}

function valueOf({ result }: ComparedRun, metric: string, value: string): number | null {
  return result.metrics[metric]?.values[value] ?? null;
}
