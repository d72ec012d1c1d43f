import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toHtmlPage } from '../../src/report/html-page.ts';
import { emptyReportData, hugeReportData, reportData } from '../../src/report/report.fixture.ts';
import { root } from '../contract/commands.ts';
import { contrastOf, findChromium, launchChromium, openPage, overflowOf } from './chromium.ts';

const executable = await findChromium();

describe.skipIf(executable === undefined)('in a browser', () => {
  let browser: Browser;
  let folder: string;
  const urls = new Map<string, string>();

  beforeAll(async () => {
    browser = await launchChromium(executable ?? '');
    folder = await mkdtemp(join(tmpdir(), 'pricectl-report-'));
    const [style = '', script = ''] = await Promise.all(['report.css', 'report.js'].map((name) => readFile(join(root, 'web', name), 'utf8')));
    const evil = `</script><script>alert(1)</script><img src=x onerror=alert(2)>`;
    const small = reportData();
    const runs = {
      small,
      huge: hugeReportData(),
      empty: emptyReportData(),
      evil: reportData({ result: { ...small.result, url: `http://127.0.0.1/${evil}`, id: evil }, pods: small.pods.map((pod) => ({ ...pod, name: evil })), decisions: small.decisions.map((decision) => ({ ...decision, explanation: evil })) }),
    };
    for (const [name, data] of Object.entries(runs)) {
      const path = join(folder, `${name}.html`);
      await writeFile(path, toHtmlPage(data, { style, script }));
      urls.set(name, pathToFileURL(path).href);
    }
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (name: string, width: number, others = {}) => openPage(browser, urls.get(name) ?? '', { viewport: { width, height: 800 }, ...others });

  test.each([1_280, 768, 360].flatMap((width) => ['small', 'huge', 'empty', 'evil'].map((name) => [name, width] as const)))('%s at %i pixels is as wide as the screen, quiet, and asks for nothing', async (name, width) => {
    await using opened = await open(name, width);
    expect(await overflowOf(opened.page)).toBeLessThanOrEqual(0);
    await opened.page.locator('[data-charts]').focus();
    await opened.page.keyboard.press('End');
    expect(await overflowOf(opened.page)).toBeLessThanOrEqual(0);
    expect(opened.complaints).toEqual([]);
    expect(opened.requests).toEqual([urls.get(name), 'data:,'].slice(0, opened.requests.length));
  });

  test.each(['light', 'dark'] as const)('text can be read in %s', async (colorScheme) => {
    await using opened = await open('small', 1_280, { colorScheme });
    for (const selector of ['body', '.eyebrow', '.verdict', '.legend li', 'th', '.good', '.decisions button']) {
      expect(await contrastOf(opened.page, selector), selector).toBeGreaterThanOrEqual(4.5);
    }
    const background = await opened.page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(background).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 23, 28)');
  });

  test('the crosshair goes by keyboard, tells all values and lights the decision', async () => {
    await using opened = await open('small', 1_280);
    const { page } = opened;
    const values = () => page.locator('output[data-series]').allTextContents();
    const summaries = await values();
    await page.locator('[data-charts]').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('output[data-moment]').textContent()).toBe('0:02');
    expect(await values()).toEqual(['10,820', '102', '13.2 ms', '2.82 ms', '1.08 ms', '0', '5', '5', '42 %']);
    expect(await page.locator('[data-status]').textContent()).toBe('0:02: requests/s 10,820, VUs 102, p99 13.2 ms, p95 2.82 ms, p50 1.08 ms, failed/s 0, ready 5, desired 5, CPU 42 %');
    expect(await page.locator('.decisions .is-now').textContent()).toContain('0:02');
    expect(await page.locator('.cross').first().evaluate((line: { checkVisibility(options: object): boolean }) => line.checkVisibility({ visibilityProperty: true }))).toBe(true);
    await page.keyboard.press('Escape');
    expect(await values()).toEqual(summaries);
    await page.locator('.decisions button').last().press('Enter');
    expect(await page.locator('output[data-moment]').textContent()).toBe('0:10');
  });

  test('the crosshair follows the pointer', async () => {
    await using opened = await open('small', 1_280);
    const { page } = opened;
    const plot = page.locator('svg.plot').first();
    await plot.hover({ position: { x: 5, y: 20 } });
    expect(await page.locator('output[data-moment]').textContent()).toBe('0:00');
    await page.mouse.move(2, 2);
    expect(await page.locator('output[data-moment]').textContent()).toBe('');
  });

  test('a column of a long run tells its lowest and highest value', async () => {
    await using opened = await open('huge', 1_280);
    await opened.page.locator('[data-charts]').focus();
    await opened.page.keyboard.press('Home');
    expect(await opened.page.locator('output[data-series="vus"]').textContent()).toBe('100 – 104');
  });

  test('it reads without its script, and on paper', async () => {
    await using opened = await open('small', 1_280, { javaScriptEnabled: false });
    expect(await opened.page.locator('output[data-series="p99"]').textContent()).toBe('peak 9.88 s');
    expect(await opened.page.locator('.help').isVisible()).toBe(false);
    await using printed = await open('small', 700, { colorScheme: 'dark' });
    await printed.page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await printed.page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
  });

  test('an hour fits into 300 kB', async () => {
    const page = await readFile(join(folder, 'huge.html'));
    expect(page.length).toBeLessThanOrEqual(300_000);
  });
});
