import type { LoadTestOutcome, Recording } from '../workflows/load-test.ts';
import { readPageAssets } from './report-assets.ts';

/** What is kept of a run beside its folder's record. */
export interface Keeping {
  readonly recording: Recording;
  /** Where else the HTML report is wanted. */
  readonly report?: string | undefined;
  /** Called with what went wrong; the run stands all the same. */
  readonly complain: (error: unknown) => void;
  /** Called with what went wrong with a place that the job named and not the user. */
  readonly mention: (error: unknown) => void;
}

/** Records a run and writes its HTML report into the run's folder; in a job of GitHub's also to the job's summary. Returns the report's path, or null when there is none. */
export async function keepRun(outcome: LoadTestOutcome, { recording, report, complain, mention }: Keeping): Promise<string | null> {
  const { recordRun } = await import('../workflows/load-test.ts');
  const { toReportData } = await import('../workflows/report-run.ts');
  const { appendJobSummary, renderReport, writeReport, writeRunReport } = await import('../workflows/write-report.ts');
  try {
    const data = toReportData(await recordRun(outcome, recording));
    const page = renderReport(data, 'html', await readPageAssets());
    const path = await writeRunReport(outcome.folder.path, 'html', page);
    if (report !== undefined) await writeReport(report, page).catch(complain);
    const summary = process.env['GITHUB_STEP_SUMMARY'];
    if (summary) await appendJobSummary(summary, data).catch(mention);
    return path;
  } catch (error) {
    complain(error);
    return null;
  }
}
