import type { Agreement } from '../../autoscale/replay-agreement.ts';
import type { ReplayOutcome, RunReplay } from '../../workflows/replay-run.ts';
import type { Style } from '../style.ts';
import { formatColumns } from './columns.ts';
import { fold } from './fold.ts';
import { formatCount, formatMs } from './numbers.ts';
import { replicaCourse } from './replica-course.ts';

/** Widest label of a row; what is longer gets a line of its own, so that the table stays within 80 columns. */
const labelWidth = 24;
const barColumns = 20;

/** A replay as text: how well it follows the recording, the table, a suggestion, and what it can't know. */
export function presentReplay(replay: RunReplay, style: Style): string {
  const { id, ms, autoscaler, problems, limits } = replay;
  return [
    `${style.bold(id)}: ${formatMs(ms)}, ${autoscaler === 'emulated' ? 'emulated autoscaler' : 'autoscaler of Kubernetes'}`,
    ...problems.map((problem) => `  ${style.careful('!')} ${problem}`),
    ...agreementLines(replay),
    '',
    ...tableLines(replay, style),
    style.dim('  POD-S: pod-seconds; SHORT: time in which ready replicas needed more CPU than'),
    style.dim('  they request; PEAK: their highest CPU in percent of the request'),
    ...suggestionLines(replay, style),
    '',
    "What a replay can't know:",
    ...limits.flatMap((limit) => fold(limit)),
  ].join('\n');
}

function agreementLines({ agreement, own }: RunReplay): readonly string[] {
  const { recorded, modelled } = agreement;
  const cost = own.measures.podSeconds === 0 ? 0 : (100 * (modelled.podSeconds - own.measures.podSeconds)) / own.measures.podSeconds;
  const off = `off by ${modelled.meanDifference.toFixed(2)} replicas on average and by ${cost >= 0 ? '+' : ''}${cost.toFixed(1)} % of the pod-seconds`;
  return [
    ...fold(`own settings, recorded pods: ${recorded.same} of ${recorded.looks} looks as recorded, ${shareOf(recorded)} of the time`),
    ...fold(`own settings, modelled pods: ${modelled.same} of ${modelled.looks} looks as recorded, ${shareOf(modelled)} of the time, ${off}`),
  ];
}

function shareOf({ timeShare }: Agreement): string {
  return `${(timeShare * 100).toFixed(timeShare === 1 ? 0 : 1)} %`;
}

interface Row {
  readonly label: string;
  readonly outcome: ReplayOutcome;
}

function tableLines(replay: RunReplay, style: Style): readonly string[] {
  const { own, asked, alternatives } = replay;
  const different = alternatives.filter((other) => !isSame(other, own));
  const rows: readonly Row[] = [
    { label: 'own settings', outcome: own },
    ...(asked === null ? [] : [toRow(asked)]),
    ...different.map((outcome) => toRow(outcome)),
  ];
  const most = rows.reduce((high, { outcome }) => Math.max(high, outcome.measures.maxReplicas), 1);
  const cells = rows.map(({ label, outcome }) => toCells(label, outcome, replay.ms, most));
  const [headings = '', ...lines] = formatColumns(['SETTINGS', 'REPLICAS OVER TIME', 'RANGE', 'POD-S', 'SHORT', 'PEAK'], cells, style).split('\n');
  const labelled = lines.flatMap((line, index) => {
    const { label = '' } = rows[index] ?? {};
    return label.length > labelWidth ? [`  ${label}`, line] : [line];
  });
  const same = alternatives.filter((other) => isSame(other, own)).map(({ flags }) => flags.join(' '));
  return [headings, ...labelled, ...(same.length === 0 ? [] : fold(`as own settings: ${same.join(', ')}`, ' '))];
}

function toRow(outcome: ReplayOutcome): Row {
  return { label: outcome.flags.join(' '), outcome };
}

function toCells(label: string, { replicas, measures }: ReplayOutcome, totalMs: number, most: number): readonly string[] {
  const { podSeconds, shortMs, peakPercent, minReplicas, maxReplicas } = measures;
  return [
    label.length > labelWidth ? '' : label,
    replicaCourse(replicas, totalMs, most, barColumns),
    minReplicas === maxReplicas ? String(maxReplicas) : `${minReplicas}-${maxReplicas}`,
    formatCount(podSeconds),
    formatMs(shortMs),
    `${Math.round(peakPercent)} %`,
  ];
}

function isSame(a: ReplayOutcome, b: ReplayOutcome): boolean {
  return JSON.stringify(a.replicas) === JSON.stringify(b.replicas);
}

function suggestionLines({ suggestion }: RunReplay, style: Style): readonly string[] {
  if (suggestion === null) return [];
  const { flags, reasons } = suggestion;
  const what = flags.length === 0 ? 'keep the settings' : `try ${flags.join(' ')}`;
  const next = flags.length === 0 ? [] : [`pricectl up ${flags.join(' ')} sets it; only another run shows what a replay can't`];
  return ['', `Suggestion: ${style.bold(what)}`, ...[...reasons, ...next].flatMap((reason) => fold(reason))];
}
