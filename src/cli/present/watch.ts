import type { ServiceEvent } from '../../workflows/service-events.ts';
import type { WatchHistory } from '../../workflows/watch-history.ts';
import { decisionWords } from '../../workflows/watch-words.ts';
import type { WatchMoment } from '../../workflows/watch.ts';
import type { Style } from '../style.ts';
import { formatClock, formatCount, formatLatency } from './numbers.ts';
import { type Line, renderLine, withoutControls } from './spans.ts';
import { cpuLines, decisionLines, headerLine, loadLines, replicaLines, silenceWords, troubleLines } from './watch-facts.ts';
import { podLines } from './watch-pods.ts';

/** Size of a terminal in characters. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** Lines that events get at least, where there are any. */
const fewestEventRows = 4;

/** One screen: what there is, what the autoscaler says, the replicas, and what happened, newest first. Never more than `rows` lines of `columns`. */
export function watchScreen(moment: WatchMoment, history: WatchHistory, { columns, rows }: ScreenSize, style: Style): readonly string[] {
  const facts = [
    headerLine(moment, columns),
    ...troubleLines(moment, columns),
    [],
    ...replicaLines(moment, columns),
    ...cpuLines(moment, history, columns),
    ...loadLines(moment, columns),
    ...decisionLines(moment, columns),
  ];
  const events = history.events.toReversed().map((event) => eventLine(event));
  const eventRows = Math.min(events.length, fewestEventRows);
  const pods = podLines(moment, columns, rows - facts.length - (eventRows === 0 ? 1 : eventRows + 2));
  const lines = [...facts, ...below(pods), ...below(events)];
  return lines.slice(0, rows).map((line) => renderLine(line, columns, style));
}

function below(lines: readonly Line[]): readonly Line[] {
  return lines.length === 0 ? [] : [[], ...lines];
}

function eventLine({ atMs, tone, text }: ServiceEvent): Line {
  return [{ text: `${formatClock(atMs)}  `, style: 'dim' }, tone === 'neutral' ? { text } : { text, style: tone }];
}

/** What happened at a moment, a plain line each. */
export function plainEventLines({ events }: WatchMoment): readonly string[] {
  return events.map(({ atMs, text }) => `${formatClock(atMs)}  ${withoutControls(text)}`);
}

/** A moment on one plain line. */
export function plainWatchLine(moment: WatchMoment): string {
  const { snapshot, silence, replicas, load, requestsPerSecond } = moment;
  const rate = load?.progress.requestsPerSecond ?? requestsPerSecond;
  const p95 = load?.progress.p95Ms ?? null;
  const { cpuPercent = null } = snapshot?.autoscaler ?? {};
  const words = [
    ...(silence === null ? [] : [silenceWords(silence)]),
    ...(snapshot === null ? [] : [snapshot.state]),
    ...(replicas === null || replicas.max === 0 ? [] : [`${replicas.ready} of ${replicas.desired} ready`]),
    ...(cpuPercent === null ? [] : [`CPU ${Number(cpuPercent.toFixed(1))} %`]),
    ...(rate === null ? [] : [`${formatCount(rate)} req/s`]),
    ...(p95 === null ? [] : [`p95 ${formatLatency(p95)}`]),
    ...(snapshot === null || snapshot.replicas.max === 0 ? [] : [decisionWords(moment, formatClock)]),
  ];
  return `${formatClock(moment.atMs)}  ${withoutControls(words.join('   '))}`;
}
