import type { Panel, Series } from './chart.ts';
import type { Point } from './downsample.ts';
import { formatLatency, formatNumber } from './format.ts';
import type { ReportData, ReportScalingPoint } from './report-data.ts';
import { linearScale, logScale } from './scale.ts';

const noLoad = 'The load of each second is not recorded.';
const noService = 'Not known: the service was not one of ours, or its state is not recorded.';

/** The charts of a run over its time, from top to bottom. */
export function panelsOf(data: ReportData): readonly Panel[] {
  return [requestsPanel(data), usersPanel(data), latencyPanel(data), failuresPanel(data), replicasPanel(data), cpuPanel(data)];
}

function requestsPanel({ load }: ReportData): Panel {
  const points = load.map(({ elapsedMs, requestsPerSecond }) => ({ ms: elapsedMs, value: requestsPerSecond }));
  return {
    ...amounts('Requests per second', [{ key: 'rps', label: 'requests/s', tone: 'main', shape: 'area', points, format: formatNumber, summary: peak(points) }], noLoad),
    isTall: true,
  };
}

function usersPanel({ load }: ReportData): Panel {
  const points = load.map(({ elapsedMs, vus }) => ({ ms: elapsedMs, value: vus }));
  return amounts('Virtual users', [{ key: 'vus', label: 'VUs', tone: 'soft', shape: 'step-area', points, format: formatNumber, summary: peak(points) }], noLoad);
}

function latencyPanel({ load }: ReportData): Panel {
  const series = ([['p99', 'p99Ms', 'high'], ['p95', 'p95Ms', 'main'], ['p50', 'p50Ms', 'low']] as const).map(([label, key, tone]): Series => {
    const points = load.map((progress) => ({ ms: progress.elapsedMs, value: progress[key] }));
    return { key: label, label, tone, shape: 'line', points, format: formatLatency, summary: peak(points, formatLatency) };
  });
  const values = series.flatMap(({ points }) => known(points)).filter((value) => value > 0);
  const range = { low: least(values, 1), high: most(values, 1) };
  const isWide = range.high / range.low > 20;
  return {
    title: isWide ? 'Latency, logarithmic' : 'Latency',
    series,
    bounds: [],
    scale: isWide ? logScale(range) : linearScale(range.high),
    formatTick: formatLatency,
    isTall: true,
    nothing: load.length === 0 ? noLoad : 'No request has ended.',
  };
}

function failuresPanel({ load }: ReportData): Panel {
  const perSecond = (count: (progress: ReportData['load'][number]) => number): readonly Point[] =>
    load.map((progress, index) => {
      const before = load[index - 1];
      const ms = progress.elapsedMs - (before?.elapsedMs ?? 0);
      const more = count(progress) - (before === undefined ? 0 : count(before));
      return { ms: progress.elapsedMs, value: ms > 0 ? Math.max(0, (1_000 * more) / ms) : null };
    });
  const failed = perSecond((progress) => progress.failed);
  const dropped = perSecond((progress) => progress.droppedIterations);
  const hasDropped = most(known(dropped), 0) > 0;
  const series: readonly Series[] = [
    { key: 'failed', label: 'failed/s', tone: 'bad', shape: 'step-area', points: failed, format: formatNumber, summary: peak(failed) },
    ...(hasDropped ? [{ key: 'dropped', label: 'not sent/s, no VU free', tone: 'soft', shape: 'step', points: dropped, format: formatNumber, summary: peak(dropped) } as const] : []),
  ];
  return amounts('Errors', series, noLoad);
}

function replicasPanel({ scaling }: ReportData): Panel {
  const ready = pointsOf(scaling, (point) => point.ready);
  const desired = pointsOf(scaling, (point) => point.desired);
  const bounds = (['max', 'min'] as const).map((label) => ({ label: `${label} ${last(scaling, label)}`, tone: 'bound' as const, points: pointsOf(scaling, (point) => point[label]) }));
  return {
    ...amounts(
      'Replicas',
      [
        { key: 'ready', label: 'ready', tone: 'main', shape: 'step-area', points: ready, format: formatNumber, summary: peak(ready) },
        { key: 'desired', label: 'desired', tone: 'ink', shape: 'step', points: desired, format: formatNumber, summary: peak(desired) },
      ],
      noService,
      bounds.filter(({ points }) => known(points).length > 0),
    ),
    isTall: true,
  };
}

function cpuPanel({ scaling }: ReportData): Panel {
  const points = pointsOf(scaling, (point) => point.cpuPercent);
  const target = pointsOf(scaling, (point) => point.cpuTarget);
  const targetNow = scaling.findLast(({ cpuTarget }) => cpuTarget !== null)?.cpuTarget;
  const bounds = targetNow === undefined || targetNow === null ? [] : [{ label: `target ${targetNow} %`, tone: 'bound' as const, points: target }];
  const tolerance = scaling.findLast((point) => point.tolerance !== null)?.tolerance ?? null;
  const panel = amounts('CPU of ready replicas, % of request', [{ key: 'cpu', label: 'CPU', tone: 'main', shape: 'line', points, format: asPercent, summary: peak(points, asPercent) }], noService, bounds);
  if (tolerance === null) return { ...panel, isTall: true };
  const label = `no change from ${formatNumber(tolerance.low)} to ${formatNumber(tolerance.high)} %`;
  return {
    ...panel,
    isTall: true,
    scale: linearScale(most(known([...points, ...target, { ms: 0, value: tolerance.high }]), 0)),
    band: { label, low: pointsOf(scaling, (point) => point.tolerance?.low ?? null), high: pointsOf(scaling, (point) => point.tolerance?.high ?? null) },
  };
}

/** A chart of amounts, from 0. */
function amounts(title: string, series: readonly Series[], nothing: string, bounds: Panel['bounds'] = []): Panel {
  const values = [...series, ...bounds].flatMap(({ points }) => known(points));
  return { title, series, bounds, scale: linearScale(most(values, 0)), formatTick: formatNumber, nothing };
}

function pointsOf(scaling: readonly ReportScalingPoint[], value: (point: ReportScalingPoint) => number | null): readonly Point[] {
  return scaling.map((point) => ({ ms: point.ms, value: value(point) }));
}

function last(scaling: readonly ReportScalingPoint[], key: 'min' | 'max'): string {
  return formatNumber(scaling.findLast((point) => point[key] !== null)?.[key] ?? 0);
}

function peak(points: readonly Point[], format: (value: number) => string = formatNumber): string {
  const values = known(points);
  const highest = most(values, 0);
  return values.length > 0 && highest === 0 ? 'none' : `peak ${format(highest)}`;
}

function known(points: readonly Point[]): readonly number[] {
  return points.flatMap(({ value }) => (value === null ? [] : [value]));
}

/** Not by `Math.max(...)`: a run of a day has more values than a call takes. */
function most(values: readonly number[], without: number): number {
  return values.reduce((highest, value) => Math.max(highest, value), values[0] ?? without);
}

function least(values: readonly number[], without: number): number {
  return values.reduce((lowest, value) => Math.min(lowest, value), values[0] ?? without);
}

function asPercent(value: number): string {
  return `${formatNumber(value)} %`;
}
