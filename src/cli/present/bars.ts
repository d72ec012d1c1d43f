import type { WatchedReplicas } from '../../workflows/watch.ts';
import type { Line, Span } from './spans.ts';

/** One cell a replica up to the maximum: ready, starting, ending, and room that is left. With many each cell stands for several. */
export function replicaBar({ ready, starting, ending, max }: WatchedReplicas, width: number): Line {
  const total = Math.max(1, max, ready + starting + ending);
  const cells = Math.min(width, total);
  const until = (replicas: number) => Math.round((replicas / total) * cells);
  const isReady = until(ready);
  const isStarting = until(ready + starting);
  const isEnding = until(ready + starting + ending);
  return [
    { text: '█'.repeat(isReady), style: 'good' },
    { text: '▒'.repeat(isStarting - isReady), style: 'careful' },
    { text: '░'.repeat(isEnding - isStarting), style: 'dim' },
    { text: '·'.repeat(cells - isEnding), style: 'dim' },
  ];
}

/** What a CPU bar shows, in percent of the request. */
export interface CpuBar {
  readonly percent: number;
  readonly target: number;
  /** Where nothing happens; null when unknown. */
  readonly band: { readonly low: number; readonly high: number } | null;
  /** What the whole width stands for. */
  readonly full: number;
}

/** CPU against the target: the line is full up to the CPU, and crossed where the autoscaler changes nothing. */
export function cpuBar(bar: CpuBar, width: number): Line {
  const perCell = bar.full / width;
  const band = bar.band ?? { low: bar.target, high: bar.target };
  const style = cpuStyle(bar);
  return Array.from({ length: Math.max(0, width) }, (_, cell): Span => {
    const from = cell * perCell;
    const isFull = bar.percent >= from + perCell / 2;
    const isBand = from + perCell > band.low && from <= band.high;
    if (isFull) return { text: isBand ? '┿' : '━', style };
    return { text: isBand ? '┼' : '─', style: 'dim' };
  });
}

/** Above the band replicas are added, below it they go: neither is bad. */
function cpuStyle({ percent, target, band }: CpuBar): 'good' | 'careful' {
  return percent > (band?.high ?? target) ? 'careful' : 'good';
}

const blocks = '▁▂▃▄▅▆▇█';

/** The newest values as a line of blocks, the highest as the full one; what is unknown is a gap. */
export function sparkline(values: readonly (number | null)[], width: number, full: number): string {
  return values
    .slice(-width)
    .map((value) => (value === null ? ' ' : (blocks[Math.max(0, Math.min(blocks.length - 1, Math.ceil((value / full) * blocks.length) - 1))] ?? ' ')))
    .join('');
}
