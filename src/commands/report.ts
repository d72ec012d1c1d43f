import { resolve } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.ts';
import { createRuns } from '../cli/compose.ts';
import { switchFlag, textFlag } from '../cli/plain-flags.ts';
import { readPageAssets } from '../cli/report-assets.ts';
import type { ReportData } from '../report/report-data.ts';
import { UsageError } from '../tools/errors.ts';
import type { ReportFormat } from '../workflows/write-report.ts';

/** A report that was written, and what it shows. */
export interface ReportResult {
  readonly format: ReportFormat;
  /** Where it is. */
  readonly path: string;
  /** Whether the desktop shows it. */
  readonly opened: boolean;
  /** What `--format json` writes. */
  readonly report: ReportData;
}

/** `pricectl report` */
export default class Report extends BaseCommand<ReportResult> {
  static override summary = 'a page of a recorded run: verdict, charts over time, decisions, pods, what it was measured on';
  static override description =
    "HTML is one file that needs no network. Without --output it is written into the run's folder; with --output - it goes to stdout.";
  static override examples = [
    '<%= config.bin %> report 2026-11-23-120301-lab --open',
    '<%= config.bin %> report 2026-11-23-120301-lab --format markdown --output -',
  ];
  static override args = { run: Args.string({ description: 'id of the run', required: true }) };
  static override flags = {
    format: Flags.option({
      options: ['html', 'markdown', 'json', 'junit'] as const,
      env: 'PRICECTL_FORMAT',
      default: 'html' as const,
      description: 'what the report is written as',
    })(),
    output: textFlag('output', "where it is written, - is stdout [default: report.html, .md, .json or .xml in the run's folder]", 'FILE'),
    open: switchFlag('open', "show it in the desktop's own program"),
  };

  override async run(): Promise<ReportResult> {
    const { args, flags } = await this.parse(Report);
    const { format, output } = flags;
    const isPiped = output === '-';
    if (isPiped && this.jsonEnabled()) throw new UsageError('PRICECTL_E_USAGE', "--output - and --json both write to stdout; --json's result has the report");
    if (isPiped && flags.open) throw new UsageError('PRICECTL_E_USAGE', '--open needs a file, and --output - is none');
    const { readRunData } = await import('../workflows/run-data.ts');
    const { toReportData } = await import('../workflows/report-run.ts');
    const { renderReport, writeReport, writeRunReport } = await import('../workflows/write-report.ts');
    const runs = await createRuns();
    const report = toReportData(await readRunData(runs, args.run));
    const text = renderReport(report, format, await readPageAssets());
    if (isPiped) {
      this.log(text.trimEnd());
      return { format, path: '-', opened: false, report };
    }
    const path = output ?? (await writeRunReport(runs.folderOf(args.run), format, text));
    if (output !== undefined) await writeReport(output, text);
    this.log(path);
    return { format, path, opened: flags.open ? await this.#open(path, flags) : false, report };
  }

  async #open(path: string, flags: { readonly quiet?: boolean | undefined }): Promise<boolean> {
    const { openInViewer } = await import('../tools/open-viewer.ts');
    const isOpened = await openInViewer(resolve(path), process.env);
    if (!isOpened) this.say('nothing here can open it: the path is all there is', flags);
    return isOpened;
  }
}
