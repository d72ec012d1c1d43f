import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toSvg } from './chart.ts';
import type { Machine, SectionResult } from './findings.ts';
import { parseNotes, toPage } from './page.ts';

const folders = { results: 'bench/results', charts: 'docs/performance' };
const files = { notes: 'bench/notes.md', page: 'docs/performance.md' };

/** Keeps a section's result in the place of its last one. */
export async function keepResult(root: string, result: SectionResult): Promise<void> {
  await writeFile(join(await folderOf(root, 'results'), `${result.section}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

/**
 * Writes the page and its charts from all results that are kept, in this order of sections. Results of another machine than that of the newest one
 * are left out: figures of two machines on a page would be compared.
 */
export async function writePage(root: string, sections: readonly string[]): Promise<string> {
  const kept = await readResults(await folderOf(root, 'results'));
  const newest = kept.toSorted((a, b) => (a.measuredAt < b.measuredAt ? -1 : 1)).at(-1);
  const results = sections.flatMap((name) => kept.filter(({ section, machine }) => section === name && isSame(machine, newest?.machine)));
  const missing = sections.filter((name) => !results.some(({ section }) => section === name));
  const notes = parseNotes(await readFile(join(root, files.notes), 'utf8'));
  await writeFile(join(root, files.page), toPage({ results, missing, notes }));
  const charts = await folderOf(root, 'charts');
  for (const chart of results.flatMap(({ charts = [] }) => charts)) await writeFile(join(charts, `${chart.name}.svg`), toSvg(chart));
  return files.page;
}

/** One of the folders, which is made where it is missing. */
async function folderOf(root: string, name: keyof typeof folders): Promise<string> {
  const folder = join(root, folders[name]);
  await mkdir(folder, { recursive: true });
  return folder;
}

async function readResults(folder: string): Promise<readonly SectionResult[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8'))));
}

function isSame(one: Machine, other: Machine | undefined): boolean {
  return one.cpu === other?.cpu && one.cores === other.cores && one.memoryGiB === other.memoryGiB;
}
