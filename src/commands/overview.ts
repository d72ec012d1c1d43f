import { BaseCommand } from '../cli/base-command.ts';
import { createRuns } from '../cli/compose.ts';
import { presentOverview } from '../cli/present/overview.ts';
import { overview, type Overview } from '../workflows/overview.ts';

export type { Overview as OverviewResult };

/** `pricectl` alone */
export default class OverviewCommand extends BaseCommand<Overview> {
  static override summary = 'where things stand and what to do next: what pricectl alone shows';
  static override hidden = true;

  override async run(): Promise<Overview> {
    const { flags } = await this.parse(OverviewCommand);
    const choose = () => this.chooseTarget(flags, 'reads');
    const result = await overview({ version: this.config.version, choose, runs: await createRuns(), signal: this.signal });
    this.log(presentOverview(result, this.style));
    return result;
  }
}
