import { Args } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.ts';
import { createRuns } from '../../cli/compose.ts';
import { presentComparison } from '../../cli/present/comparison.ts';
import type { RunComparison } from '../../workflows/compare-runs.ts';

export type { RunComparison as RunsCompareResult };

/** `pricectl runs compare` */
export default class RunsCompare extends BaseCommand<RunComparison> {
  static override summary = 'say what changed between two recorded runs, and whether it is more than noise';
  static override examples = ['<%= config.bin %> runs compare 2026-11-23-120301-lab 2026-11-23-121544-lab'];
  static override args = {
    a: Args.string({ description: 'id of the run before', required: true }),
    b: Args.string({ description: 'id of the run after', required: true }),
  };

  override async run(): Promise<RunComparison> {
    const { args } = await this.parse(RunsCompare);
    const { compareRecordedRuns } = await import('../../workflows/compare-runs.ts');
    const comparison = await compareRecordedRuns(await createRuns(), args);
    this.log(presentComparison(comparison, this.style));
    return comparison;
  }
}
