import { openPriceFeed } from '../prices/feed.ts';
import { serve } from './serve.ts';
import { readServerSettings } from './settings.ts';

// A server process whose downloads have shorter limits, for tests that can't wait for minutes and gigabytes.
const limits = { idleMs: 700, totalMs: 2_500, mostBytes: 4_194_304, mostRedirects: 5 };
const controller = new AbortController();
process.on('SIGTERM', () => controller.abort());
await serve(readServerSettings(process.env), {
  signal: controller.signal,
  log: (text) => process.stdout.write(`${text}\n`),
  version: '1',
  openFeed: (source, options, observer) => openPriceFeed(source, { ...options, limits }, observer),
});
process.exit();
