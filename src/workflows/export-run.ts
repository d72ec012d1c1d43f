import { writeFile } from 'node:fs/promises';
import type { LoadTestResult } from '../load/summary.ts';
import { toJunit } from '../report/junit.ts';
import { toSummaryExport } from '../report/summary-export.ts';
import { asFileError } from '../tools/files.ts';

/** Files that a load test is asked to write beside its run folder. */
export interface ExportFiles {
  /** For k6's --summary-export format. */
  readonly 'summary-export'?: string | undefined;
  /** For JUnit XML. */
  readonly junit?: string | undefined;
}

/** Writes the files that were asked for. Throws EnvironmentError when one can't be written. */
export async function exportRun(result: LoadTestResult, files: ExportFiles): Promise<void> {
  const contents = [
    [files['summary-export'], () => `${JSON.stringify(toSummaryExport(result), null, 4)}\n`],
    [files.junit, () => toJunit(result)],
  ] as const;
  for (const [path, render] of contents) {
    if (path === undefined) continue;
    await writeFile(path, render()).catch((error: unknown) => {
      throw asFileError(error, `can't write ${path}`);
    });
  }
}
