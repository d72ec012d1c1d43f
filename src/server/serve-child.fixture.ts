import { readFileSync } from 'node:fs';
import { serveUntilSignal } from './serve-until-signal.fixture.ts';
import { tableOf } from './server.fixture.ts';

// A server process with prices that are read once, for tests of what a process does.
await serveUntilSignal(async (source) => {
  const rows = readFileSync(source, 'utf8').trim().split('\n').map((line) => line.split(','));
  return { table: tableOf(Object.fromEntries(rows)), [Symbol.asyncDispose]: async () => {} };
});
