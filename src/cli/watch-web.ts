import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePrivateFolder, type Environment, writeFileAtomic } from '../tools/files.ts';
import { openInViewer } from '../tools/open-viewer.ts';
import type { PageFile } from '../web/page-server.ts';
import { startPageServer } from '../web/page-server.ts';
import { createPageFeed } from '../workflows/watch-page.ts';
import type { WatchMoment } from '../workflows/watch.ts';
import { packageFile } from './package-files.ts';
import type { WatchView } from './watch-view.ts';

const types = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** The page's own files, and the library that draws its charts. */
const files: readonly (readonly [path: string, type: keyof typeof types, file: () => string])[] = [
  ['', 'html', () => packageFile('web/watch.html')],
  ['watch.css', 'css', () => packageFile('web/watch.css')],
  ['watch.js', 'js', () => packageFile('web/watch.js')],
  ['watch-view.js', 'js', () => packageFile('web/watch-view.js')],
  ['watch-charts.js', 'js', () => packageFile('web/watch-charts.js')],
  ['watch-format.js', 'js', () => packageFile('web/watch-format.js')],
  ['icon.svg', 'svg', () => packageFile('web/icon.svg')],
  ['uplot.js', 'js', () => fileURLToPath(import.meta.resolve('uplot/dist/uPlot.esm.js'))],
  ['uplot.css', 'css', () => fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css'))],
];

/** A watch as a page. */
export interface WatchPage extends AsyncDisposable, WatchView {
  /** The page's address, which holds its key. */
  readonly url: string;
}

/** Reads the files of the page: paths below its folder. */
export async function readWatchFiles(): Promise<ReadonlyMap<string, PageFile>> {
  return new Map(await Promise.all(files.map(async ([path, type, file]) => [path, { type: types[type], body: await readFile(file()) }] as const)));
}

/** Serves a watch as a page on a free port of the loopback address, until it is disposed. Throws EnvironmentError. */
export async function startWatchPage(): Promise<WatchPage> {
  const feed = createPageFeed(randomBytes(4).toString('hex'));
  const token = randomBytes(16).toString('base64url');
  const server = await startPageServer({ files: await readWatchFiles(), token, port: 0, backlog: (lastEventId) => feed.backlog(lastEventId) });
  return {
    url: server.url,
    show: (moment: WatchMoment) => server.publish(feed.add(moment)),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/**
 * Has the desktop's browser show a page, and tells whether there is one. It is given a file that leads there and that only its owner can read: the
 * arguments of a program, and so the page's key, are seen by every user of the machine. The file goes on disposal.
 */
export async function showInBrowser(url: string, folder: string, env: Environment): Promise<AsyncDisposable & { readonly isShown: boolean }> {
  const path = join(folder, `watch-${randomBytes(4).toString('hex')}.html`);
  await ensurePrivateFolder(folder);
  await writeFileAtomic(path, `<!doctype html><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0; url=${url}">\n`);
  const isShown = await openInViewer(path, env);
  return { isShown, [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}
