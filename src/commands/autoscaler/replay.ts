import { Args } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.ts';
import { createRuns } from '../../cli/compose.ts';
import { integerFlag, serviceFlags } from '../../cli/flags.ts';
import { durationFlag, switchFlag } from '../../cli/plain-flags.ts';
import { presentReplay } from '../../cli/present/replay.ts';
import { toReplayChanges } from '../../cli/replay-flags.ts';
import type { RunReplay } from '../../workflows/replay-run.ts';

export type { RunReplay as AutoscalerReplayResult };

/** `pricectl autoscaler replay` */
export default class AutoscalerReplay extends BaseCommand<RunReplay> {
  static override summary = 'show what other settings would have done with a recorded run';
  static override description =
    "Runs the recorded CPU through the autoscaler's own algorithm. What isn't given is as in the run. docs/autoscaler.md says how, and what a replay can't know.";
  static override examples = [
    '<%= config.bin %> autoscaler replay 2026-11-23-120301-lab --sweep',
    '<%= config.bin %> autoscaler replay 2026-11-23-120301-lab --cpu-target 70 --scale-down-window 1m',
  ];
  static override args = { run: Args.string({ description: 'id of the run', required: true }) };
  static override flags = {
    'cpu-target': { ...serviceFlags['cpu-target'], description: 'CPU that the autoscaler steers to, in percent of the request' },
    min: integerFlag('min', 'fewest replicas', 1, 1_000),
    max: integerFlag('max', 'most replicas', 1, 1_000),
    'scale-down-window': durationFlag('scale-down-window', 'how long a lower wish must last'),
    'sync-period': durationFlag('sync-period', 'how often the autoscaler looks'),
    'metric-resolution': durationFlag('metric-resolution', 'how often CPU is measured'),
    sweep: switchFlag('sweep', 'try the neighbours of each setting too, and suggest one'),
  };

  override async run(): Promise<RunReplay> {
    const { args, flags } = await this.parse(AutoscalerReplay);
    const { replayRun } = await import('../../workflows/replay-run.ts');
    const runs = await createRuns();
    const replay = await replayRun(runs, { id: args.run, changes: toReplayChanges(flags), sweep: flags.sweep ?? false });
    this.log(presentReplay(replay, this.style));
    return replay;
  }
}
