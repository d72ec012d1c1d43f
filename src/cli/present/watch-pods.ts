import type { PodSnapshot } from '../../targets/target.ts';
import { cpuRequests, toleranceBand } from '../../workflows/watch-words.ts';
import type { WatchMoment } from '../../workflows/watch.ts';
import { cpuBar } from './bars.ts';
import { formatCount } from './numbers.ts';
import type { Line, Span } from './spans.ts';

/** One cell a replica, in two columns where they fit, on at most `rows` lines; what is left out is counted. */
export function podLines(moment: WatchMoment, columns: number, rows: number): readonly Line[] {
  const { snapshot } = moment;
  if (snapshot === null || snapshot.pods.length === 0 || rows < 1) return [];
  const perLine = columns >= 70 ? 2 : 1;
  const width = Math.floor((columns - 2 * (perLine - 1)) / perLine);
  const needed = Math.ceil(snapshot.pods.length / perLine);
  const shownRows = needed > rows ? rows - 1 : needed;
  const shown = snapshot.pods.slice(0, shownRows * perLine);
  const cells = podCells(moment, shown, width);
  const lines = Array.from({ length: shownRows }, (_, row) => cells.slice(row * perLine, (row + 1) * perLine).flatMap((cell, column) => (column === 0 ? cell : [{ text: '  ' }, ...cell])));
  const left = snapshot.pods.length - shown.length;
  return left === 0 ? lines : [...lines, [{ text: `${left} more replicas`, style: 'dim' }]];
}

function podCells(moment: WatchMoment, pods: readonly PodSnapshot[], width: number): readonly Line[] {
  const requests = cpuRequests(moment);
  const target = moment.snapshot?.autoscaler.cpuTarget ?? 100;
  const band = toleranceBand(moment);
  const shares = pods.map((pod) => cpuShare(pod, requests));
  const full = Math.max(2 * target, ...shares.map((share) => share ?? 0));
  const names = pods.map((pod) => shortName(pod.name, moment, width));
  const nameWidth = Math.min(width, Math.max(...names.map((name) => name.length)));
  const barWidth = Math.min(16, width - nameWidth - 17);
  return pods.map((pod, index) => {
    const share = shares[index];
    const name: Span = { text: (names[index] ?? '').padEnd(nameWidth), ...(pod.problem === null ? {} : { style: 'bad' }) };
    const state = stateOf(pod);
    if (state !== undefined) return fill([name, { text: ' ' }, state], width);
    const bar = share === undefined ? [{ text: ' '.repeat(Math.max(0, barWidth)) }] : cpuBar({ percent: share, target, band, full }, barWidth);
    return fill([name, { text: ' ' }, ...(barWidth < 4 ? [] : bar), { text: ` ${cpuWords(pod, share).padStart(6)} ${rateWords(pod).padStart(8)}` }], width);
  });
}

/** What there is to say of a replica that doesn't serve as it should. */
function stateOf({ ready, terminating, problem, restarts }: PodSnapshot): Span | undefined {
  if (problem !== null) return { text: problem, style: 'bad' };
  if (terminating) return { text: 'ending', style: 'dim' };
  return ready ? undefined : { text: restarts === 0 ? 'starting' : `starting, ${restarts} restarts`, style: 'careful' };
}

function cpuShare({ name, cpuMillicores }: PodSnapshot, requests: ReadonlyMap<string, number>): number | undefined {
  const request = requests.get(name) ?? requests.values().next().value;
  return cpuMillicores === null || !request ? undefined : (cpuMillicores * 100) / request;
}

function cpuWords({ cpuMillicores }: PodSnapshot, share: number | undefined): string {
  if (share !== undefined) return `${Math.round(share)} %`;
  return cpuMillicores === null ? '-' : `${Math.round(cpuMillicores)}m`;
}

function rateWords({ requestsPerSecond }: PodSnapshot): string {
  return requestsPerSecond === null ? '' : `${formatCount(requestsPerSecond)}/s`;
}

/** A replica's name without what all of them share; where that takes more than half of the cell, what comes last. */
function shortName(name: string, { snapshot }: WatchMoment, width: number): string {
  const prefix = `${snapshot?.identity.name}-`;
  const short = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  return short.length <= width / 2 ? short : short.slice(short.lastIndexOf('-') + 1);
}

/** A cell of exactly `width` characters. */
function fill(cell: Line, width: number): Line {
  let room = width;
  const cut = cell.map((span) => {
    const text = span.text.slice(0, Math.max(0, room));
    room -= text.length;
    return { ...span, text };
  });
  return room > 0 ? [...cut, { text: ' '.repeat(room) }] : cut;
}
