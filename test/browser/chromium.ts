import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Path of a Chromium on the PATH; undefined when there is none. Throws when PRICECTL_BROWSER=1 says that there must be one. */
export async function findChromium(): Promise<string | undefined> {
  for (const path of (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  if (process.env['PRICECTL_BROWSER'] === '1') throw new Error(`PRICECTL_BROWSER=1, and PATH leads to none of ${names.join(', ')}`);
  return undefined;
}

/** Starts a headless Chromium. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath });
}

/** A page and what happened on it that should not. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /** Messages on the console, errors that nothing caught, and dialogs. */
  readonly complaints: readonly string[];
  /** URLs that were asked for, the page's own first. */
  readonly requests: readonly string[];
}

/** Opens a URL in a context of its own, which ends on disposal. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(url);
  return { page, complaints, requests, [Symbol.asyncDispose]: () => context.close() };
}

/** By how many pixels the page is wider than the screen. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - innerWidth');
}

/** Contrast of an element's text with the page behind it (WCAG 2.2, 1.4.3: at least 4.5). */
export function contrastOf(page: Page, selector: string): Promise<number> {
  return page.evaluate(`(() => {
    const luminance = (color) => {
      const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const style = getComputedStyle(document.querySelector(${JSON.stringify(selector)}));
    const isFilled = style.backgroundColor !== 'rgba(0, 0, 0, 0)';
    const [a, b] = [style.color, isFilled ? style.backgroundColor : getComputedStyle(document.body).backgroundColor].map(luminance).toSorted((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  })()`);
}
