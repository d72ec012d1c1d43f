import type { LoadTestResult } from '../load/summary.ts';
import type { RunData } from './run-data.ts';

/** A run with all parts of its result. Those that its record lacks are empty or unknown, and its problems name them. */
export function wholeRun(run: RunData): RunData {
  const { result, missing } = wholeResult(run.record.result);
  return { ...run, record: { ...run.record, result }, problems: [...run.problems, ...missing.map((part) => `run.json has no ${part}`)] };
}

/** The parts of a result that are read without looking; a record that was edited, or is older than they are, may lack some. */
function wholeResult(result: LoadTestResult): { readonly result: LoadTestResult; readonly missing: readonly string[] } {
  const { engine, target, profile } = result;
  const substitutes = {
    description: profile,
    url: '?',
    reasons: [],
    thresholds: [],
    checks: [],
    runners: [],
    warnings: [],
    percentiles: { method: 'exact', relativeError: 0 },
    measuredOn: { pricectl: '?', node: '?', platform: '?', cpu: '?', cores: 0, memoryBytes: 0, engine, target, sharedMachine: null },
  } satisfies Partial<LoadTestResult>;
  const lost = Object.entries(substitutes).filter(([key, substitute]) => !isLike(Reflect.get(result, key), substitute));
  return { result: { ...result, ...Object.fromEntries(lost) }, missing: lost.map(([key]) => key) };
}

function isLike(value: unknown, sample: unknown): boolean {
  return typeof value === typeof sample && value !== null && Array.isArray(value) === Array.isArray(sample);
}
