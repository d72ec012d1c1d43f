import { sparkline } from './bars.ts';

/** Replicas from `ms` on. */
interface Step {
  readonly ms: number;
  readonly replicas: number;
}

/** Replicas over `totalMs` as `columns` blocks, each the most of its share of the time; a full one is `most`. Steps in order of time. */
export function replicaCourse(steps: readonly Step[], totalMs: number, most: number, columns: number): string {
  const values = Array.from({ length: columns }, (_, column) => {
    const fromMs = (totalMs * column) / columns;
    const untilMs = (totalMs * (column + 1)) / columns;
    const before = steps.findLast(({ ms }) => ms <= fromMs) ?? steps[0];
    const within = steps.filter(({ ms }) => ms > fromMs && ms < untilMs);
    return within.reduce((high, { replicas }) => Math.max(high, replicas), before?.replicas ?? 0);
  });
  return sparkline(values, columns, most);
}
