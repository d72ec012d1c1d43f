import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PageAssets, toHtmlPage } from '../report/html-page.ts';
import { toJunit } from '../report/junit.ts';
import { toMarkdown } from '../report/markdown.ts';
import type { ReportData } from '../report/report-data.ts';
import { asFileError, writeFileAtomic } from '../tools/files.ts';

/** What a report is written as. */
export type ReportFormat = 'html' | 'markdown' | 'json' | 'junit';

/** Name of the report in its run's folder, by format. */
const fileNames = { html: 'report.html', markdown: 'report.md', json: 'report.json', junit: 'report.xml' } as const satisfies Record<ReportFormat, string>;

/** The report of a run as text. */
export function renderReport(data: ReportData, format: ReportFormat, assets: PageAssets): string {
  switch (format) {
    case 'html':
      return toHtmlPage(data, assets);
    case 'markdown':
      return toMarkdown(data);
    case 'json':
      return `${JSON.stringify(data, null, 2)}\n`;
    case 'junit':
      return toJunit(data.result);
  }
}

/** Writes a report into its run's folder, whole or not at all, and returns its path. Throws EnvironmentError. */
export async function writeRunReport(folder: string, format: ReportFormat, text: string): Promise<string> {
  const path = join(folder, fileNames[format]);
  await writeFileAtomic(path, text);
  return path;
}

/** Writes a report where the user wants it. Throws EnvironmentError. */
export async function writeReport(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    throw asFileError(error, `can't write ${path}`);
  });
}

/** Adds a report to the summary of a CI job: the file that GITHUB_STEP_SUMMARY names. Throws EnvironmentError. */
export async function appendJobSummary(path: string, data: ReportData): Promise<void> {
  await appendFile(path, `${toMarkdown(data)}\n`).catch((error: unknown) => {
    throw asFileError(error, `can't add to the job's summary ${path}`);
  });
}
