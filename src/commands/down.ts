import { BaseCommand } from '../cli/base-command.ts';
import { createRuns, createSteps } from '../cli/compose.ts';
import { optOutFlag } from '../cli/flags.ts';
import { switchFlag } from '../cli/plain-flags.ts';
import { presentDown } from '../cli/present/up.ts';
import type { DownResult } from '../workflows/down.ts';

export type { DownResult };

/** `pricectl down` */
export default class Down extends BaseCommand<DownResult> {
  static override summary = 'remove everything that up made, and nothing else';
  static override examples = ['<%= config.bin %> down', '<%= config.bin %> down --no-keep-runs'];
  static override flags = {
    cluster: switchFlag('cluster', 'delete the minikube profile too, if pricectl made it'),
    'keep-runs': optOutFlag('keep-runs', 'keep the recorded runs of this service [default: kept]'),
  };

  override async run(): Promise<DownResult> {
    const { flags } = await this.parse(Down);
    const { target } = await this.chooseTarget(flags, 'changes');
    const { takeDown } = await import('../workflows/down.ts');
    const runsToDelete = flags['keep-runs'] ? undefined : await createRuns();
    const result = await takeDown({ target, runSteps: createSteps(flags, this.jsonEnabled()), signal: this.signal, cluster: flags.cluster ?? false, runsToDelete });
    this.log(presentDown(result, this.style));
    return result;
  }
}
