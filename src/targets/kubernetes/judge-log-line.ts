import { parseLogLine } from '../log-line.ts';

/** A line as the kubelet gives it with `timestamps=true`. */
export interface StampedLine {
  /** Nanoseconds since the epoch; null when the line carries no time. */
  readonly timeNs: bigint | null;
  /** What the container wrote, without the time that our server puts in front. */
  readonly text: string;
}

const pattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) ?/;

/** Takes a line apart: `2026-11-25T18:02:28.123456789Z text`. */
export function parseStampedLine(line: string): StampedLine {
  const [stamp, seconds, fraction = '', zone] = pattern.exec(line) ?? [];
  if (stamp === undefined || seconds === undefined || zone === undefined) return { timeNs: null, text: line };
  const timeNs = BigInt(Date.parse(`${seconds}${zone}`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
  return { timeNs, text: parseLogLine(line.slice(stamp.length)).text };
}
