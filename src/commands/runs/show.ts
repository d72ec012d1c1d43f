import { Args } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.ts';
import { createRuns } from '../../cli/compose.ts';
import { presentLoadSummary } from '../../cli/present/load-summary.ts';
import { readRun, type RunRecord } from '../../workflows/recorded-runs.ts';

export type { RunRecord as RunsShowResult };

/** `pricectl runs show` */
export default class RunsShow extends BaseCommand<RunRecord> {
  static override summary = 'show the summary of a recorded run';
  static override examples = ['<%= config.bin %> runs show 2026-11-23-120301-lab'];
  static override args = { run: Args.string({ description: 'id of the run', required: true }) };

  override async run(): Promise<RunRecord> {
    const { args } = await this.parse(RunsShow);
    const record = await readRun(await createRuns(), args.run);
    this.log(presentLoadSummary(record.result, this.style));
    return record;
  }
}
