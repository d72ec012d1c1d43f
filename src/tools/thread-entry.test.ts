import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { threadEntry } from './thread-entry.ts';

test.each([
  ['/house/src/prices/build-table.ts', '/house/src/prices/table-worker.ts'],
  ['/a b/dist/prices/build-table.js', '/a b/dist/prices/table-worker.js'],
])('the thread that %s starts begins with %s', (startedBy, entry) => {
  expect(threadEntry('table-worker', pathToFileURL(startedBy).href)).toEqual(pathToFileURL(entry));
});
