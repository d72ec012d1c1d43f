import { expect, test } from 'vitest';
import { profileFrom } from './load-request.ts';

test('a script says itself what load it makes, and is judged by its own thresholds', () => {
  expect(profileFrom({ script: 'load.js' })).toMatchObject({ name: 'script', scenario: { executor: 'script', file: 'load.js' }, thinkTimeMs: 0, thresholds: {} });
  expect(profileFrom({ script: 'load.js', threshold: ['checks:rate==1'] }).thresholds).toEqual({ checks: ['rate==1'] });
});

test.each([
  ['vus', { vus: 1 }],
  ['stages', { stages: '1s:1' }],
  ['duration', { duration: 1 }],
  ['rate', { rate: '1/s' }],
  ['think-time', { 'think-time': 0 }],
  ['ids', { ids: 'ids.txt' }],
])('--%s goes without a script', (flag, values) => {
  expect(() => profileFrom({ script: 'load.js', ...values })).toThrow(expect.objectContaining({ kind: 'usage', message: expect.stringContaining(`--${flag} `) }));
});
