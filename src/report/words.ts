import { formatDuration } from '../load/duration.ts';
import { percentileWords } from '../load/percentile-words.ts';
import { formatBytes } from '../tools/bytes.ts';
import { formatLatency, formatNumber, formatShare, plural } from './format.ts';
import type { ReportData, ReportSettings } from './report-data.ts';

/** A figure of the run that people look for first. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  /** A word or two more; empty when there is nothing to add. */
  readonly detail: string;
}

/** The figures that count: requests, failures, latency, replicas. What isn't known is a dash. */
export function keyFigures(data: ReportData): readonly Figure[] {
  const { metrics, ms } = data.result;
  const value = (metric: string, key: string) => metrics[metric]?.values[key];
  const requests = value('http_reqs', 'count') ?? 0;
  const failed = value('http_req_failed', 'passes') ?? 0;
  const latency = (name: string, key: string): Figure => {
    const at = value('http_req_duration', key);
    return { name, value: at === undefined ? '–' : formatLatency(at), detail: '' };
  };
  return [
    { name: 'requests', value: formatNumber(requests), detail: ms > 0 ? `${formatNumber(requests / (ms / 1_000))}/s on average` : '' },
    { name: 'failed', value: formatNumber(failed), detail: requests > 0 ? formatShare(failed / requests) : '' },
    latency('p50', 'med'),
    latency('p95', 'p(95)'),
    latency('p99', 'p(99)'),
    replicasFigure(data),
  ];
}

function replicasFigure({ scaling }: ReportData): Figure {
  const [first, last] = [scaling[0], scaling.at(-1)];
  if (first === undefined || last === undefined) return { name: 'replicas', value: '–', detail: 'not known' };
  const most = scaling.reduce((highest, { ready }) => Math.max(highest, ready), 0);
  const path = [first.ready, most, last.ready].filter((ready, index, all) => index === 0 || ready !== all[index - 1]);
  return { name: 'replicas', value: path.join(' → '), detail: path.length > 1 ? 'start, most, end, ready' : 'ready throughout' };
}

/** Where the run took place, in a line: `local, node engine, http://127.0.0.1:8080, 1 m 30 s`. */
export function whereWords({ result }: ReportData): string {
  const target = result.target === null ? 'a service that is not ours' : `${result.target} target`;
  return [target, `${result.engine} engine`, result.url, formatDuration(result.ms)].join(' · ');
}

/** What the numbers were measured on, a name and a value each. */
export function measuredOnEntries({ result }: ReportData): readonly (readonly [string, string])[] {
  const { measuredOn } = result;
  const { cpu, cores, memoryBytes, platform, node, pricectl, engine, sharedMachine } = measuredOn;
  return [
    ['load from', `${plural(cores, 'core')}, ${formatBytes(memoryBytes)}, ${platform}`],
    ['processor', cpu],
    ['engine', `${engine}, pricectl ${pricectl}, Node ${node}`],
    ['load and service', sharedMachine === null ? 'not known whether they shared a machine' : sharedMachine ? 'shared one machine: they took cores from each other' : 'on machines of their own'],
    ['accuracy', percentileWords(result)],
  ];
}

/** The service and what it ran with, a name and a value each; empty when nothing is known of it. */
export function serviceEntries({ service, settings }: ReportData): readonly (readonly [string, string])[] {
  const about: [string, string][] = [];
  if (service !== null) {
    const { context, namespace, name, autoscaler, image, prices } = service;
    about.push(['service', [`${namespace}/${name}`, ...(context === null ? [] : [`context ${context}`])].join(', ')]);
    if (image !== null) about.push(['image', image]);
    if (prices !== null) about.push(['price list', `${plural(prices.rows, 'row')}, SHA-256 ${prices.sha256}`]);
    if (autoscaler !== null) about.push(['autoscaler', autoscaler === 'emulated' ? "emulated: Kubernetes' algorithm, on processes" : "Kubernetes' own"]);
  }
  return settings === null ? about : [...about, ...settingsEntries(settings, service?.autoscaler === 'emulated')];
}

function settingsEntries(settings: ReportSettings, isEmulated: boolean): readonly (readonly [string, string])[] {
  const { min, max, cpuTarget, cpuRequestMillicores, syncPeriodMs, metricResolutionMs, behavior } = settings;
  const looks = isEmulated ? `looks every ${formatDuration(syncPeriodMs)}, ` : '';
  return [
    ['replicas', `${min} to ${max}`],
    ['CPU', `target ${cpuTarget} % of a request of ${cpuRequestMillicores}m, ${looks}measured every ${formatDuration(metricResolutionMs)}`],
    ['scale up', rulesWords(behavior.scaleUp)],
    ['scale down', rulesWords(behavior.scaleDown)],
  ];
}

function rulesWords({ policies, selectPolicy, stabilizationWindowMs }: ReportSettings['behavior']['scaleUp']): string {
  if (selectPolicy === 'Disabled') return 'disabled';
  const limits = policies.map(({ type, value, periodMs }) => `${value}${type === 'Percent' ? ' %' : plural(value, 'pod').replace(/^\S+/, '')} per ${formatDuration(periodMs)}`);
  const which = limits.length > 1 ? `, whichever is ${selectPolicy === 'Max' ? 'more' : 'less'}` : '';
  return `${limits.join(' or ')}${which}; window ${stabilizationWindowMs === 0 ? 'none' : formatDuration(stabilizationWindowMs)}`;
}
