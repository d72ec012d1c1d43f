import { formatDuration } from '../load/duration.ts';
import type { Recording } from '../autoscale/replay-recording.ts';
import type { RunData } from './run-data.ts';

/** A replica that uses this share of what it may was held back by that. */
const saturatedShare = 0.9;

/** Snapshots tell their moments by two clocks; more between them than this is a jump of one. */
const jumpMs = 5_000;

/** What a replay can't know, a sentence each: what holds for every one, and what this recording adds. */
export function listLimits({ record, samples }: RunData, recording: Recording): readonly string[] {
  const { result } = record;
  const dropped = result.metrics['dropped_iterations']?.values['count'] ?? 0;
  return [
    'latency and failures: more or fewer replicas answer faster or slower, and by how much no recording of CPU tells',
    'requests that were never sent: virtual users wait for answers, so a faster service would have got more of them',
    ...(dropped > 0 ? [`what ${dropped.toLocaleString('en-US')} iterations that were dropped would have cost`] : []),
    ...saturation(recording),
    ...(result.measuredOn.sharedMachine === true ? ['what each replica costs the machine, which load and service shared: more of them may get less CPU each'] : []),
    startupWords(recording),
    'what was wished before the recording began, beyond what its decisions name: a longer scale-down window begins with the replicas of the start',
    ...(recording.kind === 'kubernetes' ? ["when Kubernetes' autoscaler looked: its status tells what it saw, not when; where it doesn't change a look every 15 s is assumed"] : []),
    ...clockJumps(samples),
  ];
}

function saturation({ readings, cpuCapMillicores }: Recording): readonly string[] {
  const saturated = readings.filter(({ millicores, measured }) => millicores >= saturatedShare * cpuCapMillicores * measured);
  if (saturated.length === 0) return [];
  const where = `in ${saturated.length} of ${readings.length} measurements replicas used nearly all the CPU that they may (${cpuCapMillicores}m each)`;
  return [`demand that was not met: ${where}, so there was more to do than the recording shows`];
}

function startupWords({ startup }: Recording): string {
  const { ms, scaleOuts } = startup;
  const source = scaleOuts === 0 ? 'assumed, for none started in this run' : `the median of ${scaleOuts} scale-out${scaleOuts === 1 ? '' : 's'} in this run`;
  return `how long each new replica would have taken: ${formatDuration(ms)} is ${source}`;
}

function clockJumps(samples: RunData['samples']): readonly string[] {
  const jumps = samples.filter(({ ms, snapshot }, index) => {
    const before = samples[index - 1];
    return before !== undefined && Math.abs(snapshot.atMs - before.snapshot.atMs - (ms - before.ms)) > jumpMs;
  });
  if (jumps.length === 0) return [];
  return [`what the autoscaler would have done with a steady clock: it jumped ${jumps.length === 1 ? 'once' : `${jumps.length} times`} in this run, and windows with it`];
}
