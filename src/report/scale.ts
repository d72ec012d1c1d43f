import type { Range } from './downsample.ts';

/** An axis: where a value lies on it, 0 at its beginning and 1 at its end, and which values are marked. */
export interface Scale {
  readonly ticks: readonly number[];
  at(value: number): number;
}

/** An axis from 0 to a round number that holds `highest`, marked at three or four round numbers. */
export function linearScale(highest: number): Scale {
  const step = roundStep((highest > 0 ? highest : 1) / 3);
  const count = Math.max(1, Math.ceil((highest > 0 ? highest : 1) / step - 1e-9));
  return { ticks: Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12))), at: (value) => clamp(value / (count * step)) };
}

/** Digits that a logarithmic axis is marked at; the first with three marks or more. */
const markedDigits = [[1], [1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9]];

/** A logarithmic axis that holds values above 0, marked at powers of ten, or at more digits where those are few. */
export function logScale({ low, high }: Range): Scale {
  const [from, to] = [Math.floor(Math.log10(low) * 3) / 3, Math.ceil(Math.log10(high) * 3) / 3];
  const span = Math.max(to - from, 1 / 3);
  const at = (value: number) => (Math.log10(Math.max(value, Number.MIN_VALUE)) - from) / span;
  const decades = Array.from({ length: Math.ceil(from + span) - Math.floor(from) + 1 }, (_, index) => Math.floor(from) + index);
  const marksOf = (digits: readonly number[]) =>
    decades.flatMap((decade) => digits.map((digit) => Number(`${digit}e${decade}`))).filter((mark) => at(mark) >= -1e-9 && at(mark) <= 1 + 1e-9);
  const marks = markedDigits.map(marksOf);
  return { ticks: marks.find(({ length }) => length >= 3) ?? marks.at(-1) ?? [], at: (value) => clamp(at(value)) };
}

/** Moments that mark the time of a run: about six, at round numbers of seconds, minutes or hours. */
export function timeTicks(endMs: number): readonly number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400].map((seconds) => seconds * 1_000);
  const step = steps.find((candidate) => endMs / candidate <= 7) ?? 14_400_000;
  return Array.from({ length: Math.floor(endMs / step) + 1 }, (_, index) => index * step);
}

/** The least of 1, 2, 2.5, 5 times a power of ten that isn't less. */
function roundStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 2.5, 5].find((digit) => digit * power >= value - power * 1e-9) ?? 10) * power;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
