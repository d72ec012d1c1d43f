import { BaseCommand } from '../../cli/base-command.ts';
import { createRuns } from '../../cli/compose.ts';
import { presentRuns } from '../../cli/present/runs.ts';
import { listRuns, type RunListing } from '../../workflows/recorded-runs.ts';

/** Recorded runs, oldest first. */
export interface RunsListResult {
  readonly runs: readonly RunListing[];
}

/** `pricectl runs list` */
export default class RunsList extends BaseCommand<RunsListResult> {
  static override summary = 'list recorded runs';
  static override examples = ['<%= config.bin %> runs list'];

  override async run(): Promise<RunsListResult> {
    await this.parse(RunsList);
    const runs = await listRuns(await createRuns());
    this.log(presentRuns(runs, this.style));
    return { runs };
  }
}
