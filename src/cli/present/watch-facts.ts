import type { Snapshot } from '../../targets/target.ts';
import type { WatchHistory } from '../../workflows/watch-history.ts';
import { decisionWords, metricAgeMs, toleranceBand } from '../../workflows/watch-words.ts';
import type { WatchMoment } from '../../workflows/watch.ts';
import { cpuBar, replicaBar, sparkline } from './bars.ts';
import { formatClock, formatCount, formatElapsed, formatLatency } from './numbers.ts';
import { flow, type Line, wrapWords } from './spans.ts';

/** The first line: which service, its state, where it is reached, and what time it is. */
export function headerLine({ snapshot, atMs }: WatchMoment, columns: number): Line {
  if (snapshot === null) return [{ text: 'looking for the service', style: 'dim' }];
  const { identity, state, url } = snapshot;
  const left: Line = [
    { text: identity.name, style: 'bold' },
    { text: ` on ${identity.target}   ` },
    { text: state, style: stateStyle(state) },
    ...(url === null ? [] : [{ text: `   ${url}` }]),
  ];
  const length = left.reduce((sum, { text }) => sum + text.length, 0);
  return columns < length + 11 ? left : [...left, { text: formatClock(atMs).padStart(columns - length), style: 'dim' }];
}

function stateStyle(state: Snapshot['state']): 'good' | 'careful' | 'bad' {
  if (state === 'ready') return 'good';
  return state === 'starting' ? 'careful' : 'bad';
}

/** What is wrong, if anything is: nobody answers, the service isn't there, or it has a problem. */
export function troubleLines({ snapshot, silence }: WatchMoment, columns: number): readonly Line[] {
  const lines: Line[] = [];
  if (silence !== null) lines.push([{ text: silenceWords(silence), style: 'bad' }]);
  if (snapshot?.state === 'absent') lines.push([{ text: `not up: pricectl up${snapshot.identity.name === 'price-api' ? '' : ` --name ${snapshot.identity.name}`} starts it` }]);
  if (snapshot?.problem) lines.push([{ text: snapshot.problem, style: 'bad' }]);
  return lines.flatMap((line) => wrapWords(line[0]?.text ?? '', columns).map(([span]) => [{ ...line[0], text: span?.text ?? '' }]));
}

/** `no answer since 5 s: connection refused`. */
export function silenceWords({ ms, reason }: NonNullable<WatchMoment['silence']>): string {
  return `no answer since ${Math.round(ms / 1_000)} s${reason === null ? '' : `: ${reason}`}`;
}

/** Replicas in numbers and as a bar. */
export function replicaLines({ replicas }: WatchMoment, columns: number): readonly Line[] {
  if (replicas === null || replicas.max === 0) return [];
  const { ready, desired, starting, ending, min, max } = replicas;
  const parts: Line[] = [
    [{ text: `${ready} of ${desired} ready` }],
    ...(starting === 0 ? [] : [[{ text: `${starting} starting`, style: 'careful' }] as const]),
    ...(ending === 0 ? [] : [[{ text: `${ending} ending`, style: 'dim' }] as const]),
    [{ text: `${min} to ${max}`, style: 'dim' }],
    replicaBar(replicas, Math.max(1, Math.min(30, columns - 14))),
  ];
  return flow('replicas', parts, columns);
}

/** CPU in numbers, as a bar against target and tolerance, and as it was in the last minutes. */
export function cpuLines(moment: WatchMoment, history: WatchHistory, columns: number): readonly Line[] {
  const { snapshot } = moment;
  if (snapshot === null || snapshot.replicas.max === 0) return [];
  const { cpuPercent, cpuTarget: target } = snapshot.autoscaler;
  const band = toleranceBand(moment);
  const ageMs = metricAgeMs(moment);
  const limits = band === null ? '' : ` (${trim(band.low)} to ${trim(band.high)})`;
  const words: Line[] = [
    [{ text: cpuPercent === null ? 'unknown' : `${trim(cpuPercent)} % of request` }],
    [{ text: `target ${target} %${limits}` }],
    ...(ageMs === null ? [] : [[{ text: `metric ${Math.round(ageMs / 1_000)} s old`, style: 'dim' }] as const]),
  ];
  if (cpuPercent === null) return flow('CPU', words, columns);
  const width = Math.max(1, Math.min(24, columns - 14));
  const past = history.points.map((point) => point.cpuPercent);
  const full = Math.max(2 * target, cpuPercent);
  const bar = cpuBar({ percent: cpuPercent, target, band, full }, width);
  const trend = columns < 50 ? [] : [[{ text: sparkline(past, columns - width - 15, Math.max(full, ...past.map((value) => value ?? 0))), style: 'dim' }] as const];
  return [...flow('CPU', words, columns), ...flow('', [bar, ...trend], columns).slice(columns < 50 ? 1 : 0)];
}

/** Requests a second; with a load test under way its percentiles and how far it is. */
export function loadLines({ snapshot, requestsPerSecond, load }: WatchMoment, columns: number): readonly Line[] {
  if (load === null) {
    if (snapshot === null || snapshot.replicas.max === 0) return [];
    const rate = requestsPerSecond === null ? 'unknown' : `${formatCount(requestsPerSecond)} req/s`;
    return flow('load', [[{ text: rate }], [{ text: 'no load test under way', style: 'dim' }]], columns);
  }
  const { progress, totalMs } = load;
  const latencies = ([['p50', progress.p50Ms], ['p95', progress.p95Ms], ['p99', progress.p99Ms]] as const).flatMap(([name, ms]) => (ms === null ? [] : [[{ text: `${name} ${formatLatency(ms)}` }] as const]));
  const parts: Line[] = [
    [{ text: `${formatCount(progress.requestsPerSecond)} req/s` }],
    ...latencies,
    [{ text: `${formatCount(progress.failed)} failed`, style: progress.failed === 0 ? 'good' : 'bad' }],
    [{ text: `${formatCount(progress.vus)} users` }],
    ...(progress.droppedIterations === 0 ? [] : [[{ text: `${formatCount(progress.droppedIterations)} dropped`, style: 'careful' }] as const]),
    [{ text: `${formatElapsed(progress.elapsedMs)}${totalMs === null ? '' : ` of ${formatElapsed(totalMs)}`}`, style: 'dim' }],
  ];
  return flow('load', parts, columns);
}

/** Why the autoscaler does what it does. */
export function decisionLines(moment: WatchMoment, columns: number): readonly Line[] {
  if (moment.snapshot === null || moment.snapshot.replicas.max === 0) return [];
  const kind = moment.snapshot.autoscaler.kind === 'emulated' ? 'emulated: ' : '';
  return flow('autoscaler', wrapWords(`${kind}${decisionWords(moment, formatClock)}`, columns < 50 ? columns - 2 : columns - 12), columns);
}

/** At most one decimal. */
function trim(value: number): string {
  return String(Number(value.toFixed(1)));
}
