import { Args } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.ts';
import { createRuns } from '../../cli/compose.ts';
import { confirmRemoval } from '../../cli/confirm.ts';
import { switchFlag } from '../../cli/plain-flags.ts';
import { presentDeletedRuns } from '../../cli/present/runs.ts';
import { systemClock } from '../../tools/clock.ts';
import { UsageError } from '../../tools/errors.ts';
import { type DeletedRuns, deleteNamedRuns, listDeletable } from '../../workflows/delete-runs.ts';

export type { DeletedRuns as RunsDeleteResult };

/** `pricectl runs delete` */
export default class RunsDelete extends BaseCommand<DeletedRuns> {
  static override summary = 'delete recorded runs; exit 6 when one is unknown, and then none is deleted';
  static override examples = ['<%= config.bin %> runs delete 2026-11-23-120301-lab', '<%= config.bin %> runs delete --all --yes'];
  static override args = { runs: Args.string({ description: 'ids of the runs', multiple: true }) };
  static override flags = { all: switchFlag('all', 'delete all runs, after asking or with --yes') };

  override async run(): Promise<DeletedRuns> {
    const { args, flags } = await this.parse(RunsDelete);
    const ids = args.runs ?? [];
    const all = flags.all ?? false;
    if (all === ids.length > 0) {
      throw new UsageError('PRICECTL_E_USAGE', all ? '--all takes no ids' : 'say which runs by their ids, or --all', { hints: ['pricectl runs list'] });
    }
    const runs = await createRuns();
    const chosen = all ? await listDeletable(runs, systemClock.now()) : { deleted: ids, kept: [] };
    if (all && chosen.deleted.length > 0) {
      const maySpeak = !this.jsonEnabled() && !flags.quiet;
      const terminal = { input: process.stdin, output: process.stderr };
      await confirmRemoval({ what: `all ${chosen.deleted.length} recorded runs`, isGiven: flags.yes, maySpeak, terminal, signal: this.signal });
    }
    const { deleted } = await deleteNamedRuns(runs, chosen.deleted);
    const result = { deleted, kept: chosen.kept };
    this.log(presentDeletedRuns(result));
    return result;
  }
}
