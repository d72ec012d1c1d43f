import type { LoadProgress } from '../../load/engine.ts';
import type { Snapshot } from '../../targets/target.ts';
import type { Style } from '../style.ts';
import { formatCount, formatElapsed, formatLatency } from './numbers.ts';

/** One moment of a load test: the load and, for a service of ours, what serves it. */
export interface LoadMoment {
  readonly progress: LoadProgress;
  /** Length of the whole test; null while it isn't known. */
  readonly totalMs: number | null;
  readonly snapshot: Snapshot | undefined;
  /** Ready replicas at the start. */
  readonly readyAtStart: number | undefined;
}

/** The live block for a terminal of `columns`: progress and load on one line, replicas and the autoscaler's words on the next. */
export function liveBlock(moment: LoadMoment, columns: number, style: Style): string {
  const words = loadWords(moment);
  const barWidth = Math.max(0, Math.min(28, columns - words.length - 6));
  const { elapsedMs } = moment.progress;
  const share = moment.totalMs === null ? 0 : Math.min(1, elapsedMs / moment.totalMs);
  const bar = '━'.repeat(Math.round(barWidth * share));
  const rest = '─'.repeat(barWidth - bar.length);
  const lines = [`  ${style.good(bar)}${style.dim(rest)}  ${words}`];
  const replicas = replicaWords(moment);
  if (replicas !== undefined) lines.push(...fold(replicas, columns - 3).map((line) => `  ${style.dim(line)}`));
  return lines.join('\n');
}

/** The same on one plain line, for logs. */
export function plainLoadLine(moment: LoadMoment): string {
  const replicas = replicaWords(moment);
  return `  ${loadWords(moment)}${replicas === undefined ? '' : `   ${replicas.count}   ${replicas.explanation}`}`;
}

/** One line where it fits, else two of them: replicas, and the autoscaler's words as far as they fit. */
function fold({ count, explanation }: { readonly count: string; readonly explanation: string }, columns: number): readonly string[] {
  const line = `${count}   ${explanation}`;
  return line.length <= columns ? [line] : [count, explanation.slice(0, Math.max(20, columns))];
}

function loadWords({ progress, totalMs }: LoadMoment): string {
  const total = totalMs === null ? '' : ` of ${formatElapsed(totalMs)}`;
  const p95 = progress.p95Ms === null ? '' : `   p95 ${formatLatency(progress.p95Ms)}`;
  const dropped = progress.droppedIterations === 0 ? '' : `   ${formatCount(progress.droppedIterations)} dropped`;
  return [
    `${formatElapsed(progress.elapsedMs)}${total}`,
    `   ${formatCount(progress.vus)} users`,
    `   ${formatCount(progress.requestsPerSecond)} req/s`,
    p95,
    `   ${formatCount(progress.failed)} failed`,
    dropped,
  ].join('');
}

function replicaWords({ snapshot, readyAtStart }: LoadMoment): { readonly count: string; readonly explanation: string } | undefined {
  if (snapshot === undefined) return undefined;
  const { ready } = snapshot.replicas;
  const change = readyAtStart === undefined || readyAtStart === ready ? String(ready) : `${readyAtStart} → ${ready}`;
  const kind = snapshot.autoscaler.kind === 'emulated' ? 'emulated autoscaler: ' : '';
  return { count: `replicas ${change}`, explanation: `${kind}${snapshot.autoscaler.explanation}` };
}
