import type { AimedRate } from '../load/aim.ts';
import { coreShare } from '../load/aim.ts';
import type { ServiceSettings } from '../targets/target.ts';
import type { SnapshotSample } from './snapshot-sampler.ts';

/** The lowest rate that a steered load was held down to, in words; none when it never was. */
export function noteLowered(lowered: readonly AimedRate[]): readonly string[] {
  const lowest = Math.min(...lowered.map((aimed) => aimed.rate));
  if (lowered.length === 0) return [];
  return [`the rate was held at ${Math.round(lowest)}/s: service and generator together would have passed ${coreShare * 100} % of the cores`];
}

/**
 * Why a service did not scale out: its highest CPU against what its autoscaler moves above, and the rate that would have made it.
 * Empty when it did scale out or nothing was measured.
 */
export function noteNoScaleOut(samples: readonly SnapshotSample[], settings: Pick<ServiceSettings, 'cpuTarget' | 'cpuRequestMillicores' | 'behavior'>): readonly string[] {
  const start = samples[0]?.snapshot.replicas.ready ?? 0;
  if (samples.some(({ snapshot }) => snapshot.replicas.ready > start)) return [];
  const loads = samples.map(({ snapshot }) => ({
    millicores: snapshot.pods.reduce((sum, pod) => sum + (pod.cpuMillicores ?? 0), 0),
    requestsPerSecond: snapshot.pods.reduce((sum, pod) => sum + (pod.requestsPerSecond ?? 0), 0),
  }));
  const peak = Math.max(0, ...loads.map((load) => load.millicores));
  const line = fitLine(loads.map(({ millicores, requestsPerSecond }) => [requestsPerSecond, millicores]));
  if (peak === 0 || !(line.slope > 0)) return [];
  const request = start * settings.cpuRequestMillicores;
  const moves = (request * settings.cpuTarget * (1 + settings.behavior.scaleUp.tolerance)) / 100;
  const rate = Math.ceil((moves - line.offset) / line.slope);
  return [
    `it did not scale out: at most ${Math.round(peak)}m of CPU, and the autoscaler moves above ${Math.round(moves)}m of the ${request}m that ${start} replicas request`,
    `at what a request costs here that takes ${rate} requests/s, and more in truth: a request costs less the more there are`,
  ];
}

/** The straight line with the least squares of errors through points of x and y. A slope of NaN when all x are the same. */
function fitLine(points: readonly (readonly [x: number, y: number])[]): { readonly offset: number; readonly slope: number } {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return { slope, offset: meanY - slope * meanX };
}
