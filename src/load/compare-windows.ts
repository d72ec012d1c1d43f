import { studentQuantile, studentTail } from './compare-distributions.ts';

/** Values of one run that follow each other, cut into windows that are long enough to be nearly independent. */
interface Windows {
  readonly means: readonly number[];
  /** Values in each. */
  readonly length: number;
}

/**
 * Windows are this many times as long as values remember each other: then the means of neighbours correlate by about 0.1. With 1,000 pairs of equal AR(1)
 * series each, of 60 to 300 values and correlations of 0 to 0.9, one test found a difference in 4 to 9 % of the pairs.
 */
const memoriesPerWindow = 3;

/** With fewer windows than this their spread can't be told; with this few Student's t asks for a very clear difference. */
const fewestWindows = 2;

/**
 * For how many values a series remembers itself: 1 for independent ones. The larger of two estimates of 1 + 2 Σ ρ(k): that of an AR(1) process with the
 * series' ρ(1), freed of its bias (Kendall, Biometrika 1954), and Geyer's initial positive sequence (Statistical Science 1992).
 */
function memoryOf(values: readonly number[]): number {
  const n = values.length;
  const mean = average(values);
  const centered = values.map((value) => value - mean);
  const variance = average(centered.map((value) => value * value));
  if (variance === 0) return 1;
  const correlation = (lag: number) => centered.slice(lag).reduce((sum, value, index) => sum + value * (centered[index] ?? 0), 0) / n / variance;
  const first = Math.min(0.99, Math.max(0, correlation(1) + (1 + 4 * correlation(1)) / n));
  let sum = 1 + 2 * Math.max(0, correlation(1));
  for (let lag = 2; lag < n / 2; lag += 2) {
    const pair = correlation(lag) + correlation(lag + 1);
    if (pair <= 0) break;
    sum += 2 * pair;
  }
  return Math.max((1 + first) / (1 - first), correlation(1) <= 0 ? 1 : sum);
}

function cut(values: readonly number[], length: number): Windows {
  const count = Math.floor(values.length / length);
  return { length, means: Array.from({ length: count }, (_, index) => average(values.slice(index * length, (index + 1) * length))) };
}

/** How far two runs are apart. */
export type WindowsTest =
  | {
      readonly kind: 'tested';
      /** Mean of B less that of A. */
      readonly difference: number;
      /** Ends of its 95 % confidence interval. */
      readonly low: number;
      readonly high: number;
      /** Probability of a difference as large between runs that differ by chance alone. */
      readonly p: number;
      /** Windows of each run, and values in each. */
      readonly windows: number;
      readonly length: number;
    }
  | { readonly kind: 'untested'; readonly reason: 'no-values' | 'few-windows'; readonly length: number };

/**
 * Student's t on the means of windows of the differences between values of the same moment (batch means: Law and Kelton, Simulation Modeling and Analysis).
 * Both series are of equal length. What both runs have in common at a moment, such as a ramp of their load, falls out.
 */
export function testPaired(a: readonly number[], b: readonly number[]): WindowsTest {
  const differences = b.map((value, index) => value - (a[index] ?? value));
  if (differences.length < 2) return { kind: 'untested', reason: 'no-values', length: 1 };
  const { means, length } = cut(differences, windowLength(differences));
  if (means.length < fewestWindows) return { kind: 'untested', reason: 'few-windows', length };
  return judge(average(means), varianceOf(means) / means.length, means.length - 1, { windows: means.length, length });
}

/** Welch's t on the means of windows of two runs whose moments have nothing in common. */
export function testUnpaired(a: readonly number[], b: readonly number[]): WindowsTest {
  if (a.length < 2 || b.length < 2) return { kind: 'untested', reason: 'no-values', length: 1 };
  const length = Math.max(windowLength(a), windowLength(b));
  const [left, right] = [cut(a, length).means, cut(b, length).means];
  if (Math.min(left.length, right.length) < fewestWindows) return { kind: 'untested', reason: 'few-windows', length };
  const [ofLeft, ofRight] = [varianceOf(left) / left.length, varianceOf(right) / right.length];
  const parts = ofLeft ** 2 / (left.length - 1) + ofRight ** 2 / (right.length - 1);
  const degrees = parts === 0 ? left.length + right.length - 2 : (ofLeft + ofRight) ** 2 / parts;
  return judge(average(right) - average(left), ofLeft + ofRight, degrees, { windows: Math.min(left.length, right.length), length });
}

function windowLength(values: readonly number[]): number {
  return Math.ceil(memoriesPerWindow * memoryOf(values) - 1e-9);
}

function judge(difference: number, variance: number, degrees: number, cutting: { readonly windows: number; readonly length: number }): WindowsTest {
  const error = Math.sqrt(variance);
  // Values that are all alike, but for the last bits of their sums.
  if (error < 1e-12) return { kind: 'tested', difference, low: difference, high: difference, p: Math.abs(difference) < 1e-9 ? 1 : 0, ...cutting };
  const reach = error * studentQuantile(0.05, degrees);
  return { kind: 'tested', difference, low: difference - reach, high: difference + reach, p: studentTail(difference / error, degrees), ...cutting };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOf(values: readonly number[]): number {
  const mean = average(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
