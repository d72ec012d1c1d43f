const bars = '▁▂▃▄▅▆▇█';

/** Replicas from `ms` on. */
interface Step {
  readonly ms: number;
  readonly replicas: number;
}

/**
 * A number over time as `columns` bars, each the highest of its share of `totalMs`; a full bar is `most`. Without colour and in any width it reads the
 * same. Steps in order of time; empty text without any.
 */
export function sparkline(steps: readonly Step[], totalMs: number, most: number, columns: number): string {
  if (steps.length === 0) return '';
  return Array.from({ length: columns }, (_, column) => {
    const fromMs = (totalMs * column) / columns;
    const untilMs = (totalMs * (column + 1)) / columns;
    const before = steps.findLast(({ ms }) => ms <= fromMs) ?? steps[0];
    const within = steps.filter(({ ms }) => ms > fromMs && ms < untilMs);
    const highest = within.reduce((high, { replicas }) => Math.max(high, replicas), before?.replicas ?? 0);
    const level = most === 0 ? 0 : Math.ceil((highest / most) * bars.length) - 1;
    return bars[Math.min(Math.max(level, 0), bars.length - 1)] ?? '';
  }).join('');
}
