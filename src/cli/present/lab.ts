import { replicaPath } from '../../workflows/scaling.ts';
import type { LabResult } from '../../workflows/lab.ts';
import { formatDuration } from '../../load/duration.ts';
import type { ServiceSettings, TargetKind } from '../../targets/target.ts';
import type { Style } from '../style.ts';
import { presentKept } from './kept.ts';
import { presentLoadSummary } from './load-summary.ts';
import { formatElapsed, formatMs } from './numbers.ts';

/** The autoscaler of a lab in one line: what it is and every time that it works with. */
export function presentLabSettings({ min, max, cpuTarget, cpuRequestMillicores, syncPeriodMs, metricResolutionMs, behavior }: ServiceSettings, target: TargetKind): string {
  const window = formatDuration(behavior.scaleDown.stabilizationWindowMs);
  const period = formatDuration(behavior.scaleUp.policies[0]?.periodMs ?? 0);
  const size = `${min} to ${max} replicas, CPU target ${cpuTarget} % of ${cpuRequestMillicores}m`;
  const rules = `scale-down window ${window}, policy period ${period}`;
  if (target !== 'local') {
    return [
      `Autoscaler of Kubernetes: ${size}`,
      `      ${rules}; it looks every 15 s, usually, and its metrics are as old again: this takes longer than on local`,
    ].join('\n');
  }
  return [
    `Emulated autoscaler: ${size}`,
    `      looks every ${formatDuration(syncPeriodMs)}, CPU measured every ${formatDuration(metricResolutionMs)}, ${rules}`,
  ].join('\n');
}

/** The whole experiment as text: the load's summary, how the service scaled, what to know beside it. */
export function presentLab(result: LabResult, style: Style): string {
  const { timeline, firstScaleOutMs } = result.scaling;
  const first = firstScaleOutMs === null ? 'no scale-out' : `first scale-out after ${formatMs(firstScaleOutMs)}`;
  return [
    presentLoadSummary(result.loadtest, style),
    '',
    `  replicas.............: ${replicaPath(timeline)}   ${first}${result.up.target === 'local' ? ' (emulated autoscaler)' : ''}`,
    ...result.events.map(({ ms, from, to, explanation }) => `    ${formatElapsed(ms).padStart(5)}  ${from} → ${to}  ${style.dim(explanation)}`),
    ...result.notes.map((note) => `  note: ${note}`),
    ...(result.down === null ? [`  kept: ${result.up.name} at ${result.up.url ?? '-'}; pricectl down --name ${result.up.name} removes it`] : []),
    '',
    presentKept(result.report, result.loadtest.folder),
  ].join('\n');
}
