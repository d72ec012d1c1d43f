import { readFileSync } from 'node:fs';
import { serve } from './serve.ts';
import { tableOf } from './server.fixture.ts';
import { readServerSettings } from './settings.ts';

// A server process with prices that are read once, for tests of what a process does.
const controller = new AbortController();
process.on('SIGTERM', () => controller.abort());
await serve(readServerSettings(process.env), {
  signal: controller.signal,
  log: (text) => process.stdout.write(`${text}\n`),
  version: '1',
  async openFeed(source) {
    const rows = readFileSync(source, 'utf8').trim().split('\n').map((line) => line.split(','));
    return { table: tableOf(Object.fromEntries(rows)), [Symbol.asyncDispose]: async () => {} };
  },
});
process.exit();
