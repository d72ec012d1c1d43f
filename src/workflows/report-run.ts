import type { ReportCommand, ReportData, ReportScalingPoint, ReportService, ReportSettings } from '../report/report-data.ts';
import { withoutSecrets } from '../tools/secrets.ts';
import { shellQuote } from '../tools/shell-quote.ts';
import type { ServiceSettings, Snapshot } from '../targets/target.ts';
import { isRecord } from '../tools/json.ts';
import { podShares } from './pod-shares.ts';
import type { RunRecord } from './recorded-runs.ts';
import type { RunData } from './run-data.ts';
import { type ScalingPoint, scaleEvents } from './scaling.ts';
import type { SnapshotSample } from './snapshot-sampler.ts';
import { wholeRun } from './whole-run.ts';

/** What a report shows of a run. Of a record that lacks parts of its result the page has the rest, and says so. */
export function toReportData(run: RunData): ReportData {
  const { record, series, timeline, samples, distribution, problems } = wholeRun(run);
  const { result, settings } = record;
  return {
    result,
    service: serviceOf(record, samples.at(-1)?.snapshot),
    settings: settings === null ? null : settingsOf(settings),
    load: series,
    scaling: samples.length > 0 ? samples.map(scalingPoint) : timeline.map((point) => bareScalingPoint(point, settings)),
    decisions: scaleEvents(samples),
    distribution,
    pods: podShares(samples),
    commands: commandsOf(record),
    problems,
  };
}

function serviceOf({ service }: RunRecord, snapshot: Snapshot | undefined): ReportService | null {
  if (service === null) return null;
  const { context, namespace, name } = service;
  const { autoscaler, image = null, prices = null } = snapshot ?? {};
  return { context, namespace, name, autoscaler: autoscaler?.kind ?? null, image, prices: prices === null ? null : { rows: prices.rows, sha256: prices.sha256 } };
}

function settingsOf({ min, max, cpuTarget, cpuRequestMillicores, syncPeriodMs, metricResolutionMs, behavior }: ServiceSettings): ReportSettings {
  return { min, max, cpuTarget, cpuRequestMillicores, syncPeriodMs, metricResolutionMs, behavior };
}

/** Snapshots of before the autoscaler's decision was recorded have no tolerance. */
function scalingPoint({ ms, snapshot: { replicas, autoscaler } }: SnapshotSample): ReportScalingPoint {
  const { cpuPercent, cpuTarget, tolerance } = autoscaler;
  const band = isRecord(tolerance) ? { low: cpuTarget * (1 - tolerance.scaleDown), high: cpuTarget * (1 + tolerance.scaleUp) } : null;
  return { ms, ...replicas, cpuPercent, cpuTarget, tolerance: band };
}

/** Of a run whose snapshots are lost. */
function bareScalingPoint({ ms, desired, ready, cpuPercent }: ScalingPoint, settings: ServiceSettings | null): ReportScalingPoint {
  return { ms, desired, ready, cpuPercent, min: settings?.min ?? null, max: settings?.max ?? null, cpuTarget: settings?.cpuTarget ?? null, tolerance: null };
}

/** The command of the run; before a load test of a service of ours, the one that brings that up as it was; and this report's. */
function commandsOf({ command, service, settings, result }: RunRecord): readonly ReportCommand[] {
  const report = { purpose: 'this report', line: pricectl(['report', result.id]) };
  if (command === null) return [report];
  const needsService = command[0] === 'loadtest' && service !== null && settings !== null;
  const up = needsService ? [{ purpose: 'the service as it was', line: pricectl(upArguments(service, settings)) }] : [];
  return [...up, { purpose: 'the load', line: pricectl(command) }, report];
}

function upArguments({ target, context, namespace, name }: NonNullable<RunRecord['service']>, settings: ServiceSettings): readonly string[] {
  const { prices, min, max, cpuTarget, cpuRequestMillicores, behavior } = settings;
  const where = ['--target', target, ...(target === 'kube' && context !== null ? ['--context', context] : []), '--namespace', namespace, '--name', name];
  const replicas = ['--min', `${min}`, '--max', `${max}`, '--cpu-target', `${cpuTarget}`, '--cpu-request', `${cpuRequestMillicores}m`];
  return ['up', ...where, '--prices', prices, ...replicas, '--scale-down-window', `${behavior.scaleDown.stabilizationWindowMs / 1_000}s`];
}

/** Runs of before secrets were left out of records are told without them too. */
function pricectl(args: readonly string[]): string {
  return ['pricectl', ...args.map(withoutSecrets).map(shellQuote)].join(' ');
}
