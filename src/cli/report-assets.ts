import { readFile } from 'node:fs/promises';
import type { PageAssets } from '../report/html-page.ts';
import { packageFile } from './package-files.ts';

/** Style sheet and script that a report's page is made with. */
export async function readPageAssets(): Promise<PageAssets> {
  const [style, script] = await Promise.all(['web/report.css', 'web/report.js'].map((path) => readFile(packageFile(path), 'utf8')));
  return { style: style ?? '', script: script ?? '' };
}
