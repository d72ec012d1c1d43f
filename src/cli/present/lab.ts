import { replicaPath } from '../../workflows/scaling.ts';
import type { LabResult } from '../../workflows/lab.ts';
import type { Style } from '../style.ts';
import { presentLoadSummary } from './load-summary.ts';
import { formatMs } from './numbers.ts';

/** The whole experiment as text: the load's summary, how the service scaled, what to know beside it. */
export function presentLab(result: LabResult, style: Style): string {
  const { timeline, firstScaleOutMs } = result.scaling;
  const first = firstScaleOutMs === null ? 'no scale-out' : `first scale-out after ${formatMs(firstScaleOutMs)}`;
  return [
    presentLoadSummary(result.loadtest, style),
    '',
    `  replicas.............: ${replicaPath(timeline)}   ${first}`,
    ...result.notes.map((note) => `  note: ${note}`),
    ...(result.down === null ? [`  kept: ${result.up.name} at ${result.up.url ?? '-'}; pricectl down --name ${result.up.name} removes it`] : []),
    '',
    `Run: ${result.loadtest.folder}`,
  ].join('\n');
}
