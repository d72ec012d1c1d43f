import { expect, test } from 'vitest';
import { readRequirements } from './script-log.ts';

test.each([
  ['{"maxVUs": 20, "totalDuration": "1m30s", "scenarios": {}}', { maxVus: 20, totalMs: 90_000 }],
  ['{"maxVUs": 1}', { maxVus: 1, totalMs: null }],
  ['{"maxVUs": 1, "totalDuration": "soon"}', { maxVus: 1, totalMs: null }],
  ['{}', undefined],
  ['level=error', undefined],
  ['', undefined],
])('the log %s of an initializer needs %o', (log, expected) => {
  expect(readRequirements(log)).toEqual(expected);
});
