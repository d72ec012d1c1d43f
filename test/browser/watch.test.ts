import { connect, createServer, type Socket } from 'node:net';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readWatchFiles } from '../../src/cli/watch-web.ts';
import { type PageServer, startPageServer } from '../../src/web/page-server.ts';
import { liveLoad } from '../../src/workflows/live-load.fixture.ts';
import { createPageFeed, type PageFeed } from '../../src/workflows/watch-page.ts';
import type { WatchMoment } from '../../src/workflows/watch.ts';
import { decisionFor, podSnapshot, watchedSnapshot, watchMoment } from '../../src/workflows/watch.fixture.ts';
import { contrastOf, findChromium, launchChromium, openPage, overflowOf } from './chromium.ts';

const executable = await findChromium();
const token = 'khVqVLOi34e_2pdkvOuZ3g';
const names = ['price-api-5d9f8c6b5d-x2x9k', 'price-api-5d9f8c6b5d-7rw4z', 'price-api-5d9f8c6b5d-qk2mv'];

/** A moment under load that needs more replicas, so many seconds after the watch began. */
function busy(second: number, changes: Partial<WatchMoment> = {}): WatchMoment {
  const atMs = Date.UTC(2026, 10, 25, 12) + second * 1_000;
  const decision = decisionFor(132, names, atMs);
  const pods = [...names.map((name) => podSnapshot(name)), podSnapshot('price-api-5d9f8c6b5d-new', { ready: false }), podSnapshot('price-api-5d9f8c6b5d-bad', { ready: false, problem: 'container api exits with code 1 at start, twice in 6 s' })];
  const autoscaler = { decision, nextSyncAtMs: atMs + 9_000, metricAgeMs: 7_000, tolerance: { scaleUp: 0.1, scaleDown: 0.1 }, cpuPercent: 100 + second };
  const snapshot = watchedSnapshot({ atMs, pods, autoscaler, replicas: { min: 3, max: 10, desired: 5, ready: 3 } });
  const events = [{ atMs, kind: 'scale', tone: 'neutral', text: `3 → 5 in second ${second}` } as const];
  return watchMoment({ ms: second * 1_000, atMs, snapshot, replicas: { min: 3, max: 10, desired: 5, ready: 3, starting: 2, ending: 0 }, load: liveLoad(), events, ...changes });
}

/** A way to a server that can break, as that of ssh. */
async function openTunnel(server: PageServer) {
  const sockets = new Set<Socket>();
  let to: PageServer | undefined = server;
  const hold = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    return socket;
  };
  const tunnel = createServer((socket) => {
    hold(socket);
    if (to === undefined) socket.destroy();
    else socket.pipe(hold(connect(Number(new URL(to.url).port), '127.0.0.1'))).pipe(socket);
  });
  const cut = () => {
    to = undefined;
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((resolve) => tunnel.listen(0, '127.0.0.1', resolve));
  const address = tunnel.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/${token}/`,
    cut,
    lead: (next: PageServer) => void (to = next),
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => tunnel.close(resolve));
    },
  };
}

describe.skipIf(executable === undefined)('the page of a watch', () => {
  let browser: Browser;
  let files: Awaited<ReturnType<typeof readWatchFiles>>;

  beforeAll(async () => {
    [browser, files] = await Promise.all([launchChromium(executable ?? ''), readWatchFiles()]);
  });
  afterAll(() => browser.close());

  const serve = (feed: PageFeed): Promise<PageServer> => startPageServer({ files, token, port: 0, backlog: (lastId) => feed.backlog(lastId) });

  /** A watch of half a minute, and its page. */
  async function open(options: BrowserContextOptions = {}) {
    const feed = createPageFeed('one');
    for (let second = 0; second < 30; second += 1) feed.add(busy(second));
    const server = await serve(feed);
    const opened = await openPage(browser, server.url, { timezoneId: 'UTC', ...options });
    const { page } = opened;
    await page.locator('#events li').first().waitFor();
    return {
      ...opened,
      feed,
      server,
      textOf: (selector: string) => page.locator(selector).textContent(),
      async [Symbol.asyncDispose]() {
        await opened[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  }

  test.each([1_280, 768, 360].flatMap((width) => (['light', 'dark'] as const).map((colorScheme) => [width, colorScheme] as const)))(
    'at %i pixels in %s it is as wide as the screen, quiet, can be read, and asks for nothing elsewhere',
    async (width, colorScheme) => {
      await using opened = await open({ viewport: { width, height: 800 }, colorScheme });
      expect(await overflowOf(opened.page)).toBeLessThanOrEqual(0);
      expect(opened.complaints).toEqual([]);
      expect(opened.requests.filter((url) => !url.startsWith(opened.server.url))).toEqual([]);
      for (const selector of ['body', '#where', '#state', '#decision', '.detail', '.ranges :checked + span', 'figcaption .key', 'th', '.note.bad', '#events time']) {
        expect(await contrastOf(opened.page, selector), selector).toBeGreaterThanOrEqual(4.5);
      }
      const background = await opened.page.evaluate('getComputedStyle(document.body).backgroundColor');
      expect(background).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 23, 28)');
    },
  );

  test('it tells what the screen in the terminal tells', async () => {
    await using opened = await open();
    const { textOf, page } = opened;
    expect(await textOf('#decision')).toBe('CPU 132 % of request, target 50 %: wants 8; +4 per 15 s allows 7; may go to 8 in 15 s, next look in 9 s');
    expect(await textOf('#replicas')).toBe('3 of 5 ready');
    expect(await textOf('#replica-detail')).toBe('2 starting, from 3 to 10');
    expect(await textOf('#cpu')).toBe('129 % of request');
    expect(await textOf('#cpu-detail')).toBe('target 50 % (nothing changes from 45 % to 55 %), metric 7 s old');
    expect(await textOf('#load-detail')).toBe('p50 0.52 ms, p95 4.91 ms, p99 12.1 ms; 0 failed, 38 dropped, 138 users, 0:31 of 1:30');
    expect(await page.locator('#pods tr').count()).toBe(5);
    expect(await textOf('#pods .bad')).toBe('container api exits with code 1 at start, twice in 6 s');
    expect(await textOf('#events li >> nth=0')).toBe('12:00:293 → 5 in second 29');
    expect(await page.locator('figure canvas').count()).toBe(4);
  });

  test('what happens is shown as it happens', async () => {
    await using opened = await open();
    opened.server.publish(opened.feed.add(busy(30)));
    await opened.page.getByText('3 → 5 in second 30').waitFor();
    expect(await opened.page.locator('#events li').count()).toBe(31);
    expect(await opened.textOf('#link')).toBe('live, 12:00:30');
  });

  test('what a replica says is text', async () => {
    await using opened = await open();
    const evil = `<img src=x onerror=alert(1)><script>alert(2)</script>`;
    const snapshot = watchedSnapshot({ pods: [podSnapshot(evil, { ready: false, problem: evil })], problem: evil });
    opened.server.publish(opened.feed.add(busy(30, { snapshot, events: [{ atMs: 0, kind: 'pod', tone: 'bad', text: evil }] })));
    await vi.waitFor(async () => expect(await opened.textOf('#trouble')).toBe(evil));
    expect(await opened.textOf('#events li >> nth=0')).toContain(evil);
    expect(opened.complaints).toEqual([]);
  });

  test('arrow keys read the charts, and the time shown is chosen by keyboard', async () => {
    await using opened = await open();
    const { page, textOf } = opened;
    await page.locator('#charts').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await textOf('#reading')).toBe('12:00:01, ready 3, desired 5, average 101 %, req/s 6,679, p50 0.52 ms, p95 4.91 ms, p99 12.1 ms');
    await vi.waitFor(async () => expect(await textOf('figure >> nth=1 >> output')).toBe('101 %'));
    await page.keyboard.press('Escape');
    await vi.waitFor(async () => expect(await textOf('figure >> nth=1 >> output')).toBe('129 %'));
    await page.locator('input[value="600"]').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('input[value="3600"]').isChecked()).toBe(true);
  });

  test('it survives the end of the service and its return', async () => {
    await using opened = await open();
    const { feed, server, textOf } = opened;
    const absent = watchedSnapshot({ state: 'absent', pods: [], url: null, replicas: { min: 0, max: 0, desired: 0, ready: 0 } });
    server.publish(feed.add(busy(30, { snapshot: absent, replicas: null, load: null, requestsPerSecond: null })));
    await vi.waitFor(async () => expect(await textOf('#state')).toBe('absent'));
    expect(await textOf('#trouble')).toBe('The service is not up; pricectl up starts it, and this page goes on.');
    expect(await textOf('#decision')).toBe('There is nothing to scale.');
    server.publish(feed.add(busy(31, { silence: { ms: 5_000, reason: 'connection refused' } })));
    await vi.waitFor(async () => expect(await textOf('#trouble')).toBe('No answer since 5 s: connection refused.'));
    server.publish(feed.add(busy(32)));
    await opened.page.locator('#trouble').waitFor({ state: 'hidden' });
    expect(await textOf('#state')).toBe('ready');
    expect(opened.complaints).toEqual([]);
  });

  test('after a broken connection it comes back for what it missed, and after a restart for all there is', async () => {
    await using opened = await open();
    await using tunnel = await openTunnel(opened.server);
    const { page, feed, textOf } = opened;
    await page.goto(tunnel.url);
    await page.getByText('3 → 5 in second 29').waitFor();
    tunnel.cut();
    await vi.waitFor(async () => expect(await textOf('#link')).toBe('connecting, last news 12:00:29'), 10_000);
    feed.add(busy(30));
    tunnel.lead(opened.server);
    await page.getByText('3 → 5 in second 30').waitFor();
    expect(await page.locator('#events li').count()).toBe(31);
    expect(await textOf('#link')).toBe('live, 12:00:30');
    const other = createPageFeed('two');
    other.add(busy(60));
    await using restarted = await serve(other);
    tunnel.cut();
    tunnel.lead(restarted);
    await page.getByText('3 → 5 in second 60').waitFor();
    expect(await page.locator('#events li').count()).toBe(1);
    expect(opened.complaints.filter((text) => !/net::ERR_/.test(text))).toEqual([]);
  });

  test('when the command ends the page says so and asks no more', async () => {
    await using opened = await open();
    await opened.server[Symbol.asyncDispose]();
    await vi.waitFor(async () => expect(await opened.textOf('#link')).toBe('pricectl watch has ended, last news 12:00:29'));
    const asked = opened.requests.length;
    // Longer than the stream's retry of two seconds.
    await opened.page.waitForTimeout(3_000);
    expect(opened.requests).toHaveLength(asked);
    expect(opened.complaints).toEqual([]);
  });

  test('without its token a browser gets one sentence', async () => {
    await using opened = await open();
    const response = await opened.page.goto(new URL('/', opened.server.url).href);
    expect(response?.status()).toBe(403);
    expect(await opened.textOf('body')).toContain('Open the address that pricectl watch --web printed');
  });
});
