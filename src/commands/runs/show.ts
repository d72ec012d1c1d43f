import * as Args from '@oclif/core/args';
import { BaseCommand } from '../../cli/base-command.ts';
import { createRuns } from '../../cli/compose.ts';
import { readRun, type RunRecord, summaryFile } from '../../workflows/recorded-runs.ts';

export type { RunRecord as RunsShowResult };

/** `pricectl runs show` */
export default class RunsShow extends BaseCommand<RunRecord> {
  static override summary = 'show the summary of a recorded run';
  static override examples = ['<%= config.bin %> runs show 2026-11-23-120301-lab'];
  static override args = { run: Args.string({ description: 'id of the run', required: true }) };

  override async run(): Promise<RunRecord> {
    const { args } = await this.parse(RunsShow);
    const runs = await createRuns();
    const record = await readRun(runs, args.run);
    this.log((await runs.read(args.run, summaryFile)).trimEnd());
    return record;
  }
}
