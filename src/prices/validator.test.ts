import { expect, test } from 'vitest';
import { parseRetryAfter, validatorOf } from './validator.ts';

const date = 'Mon, 23 Nov 2026 12:00:10 GMT';
const earlier = 'Mon, 23 Nov 2026 12:00:09 GMT';

test.each([
  [{ etag: '"a"', 'last-modified': earlier, date }, { header: 'if-none-match', value: '"a"' }],
  [{ etag: 'W/"a"' }, { header: 'if-none-match', value: 'W/"a"' }],
  [{ 'last-modified': earlier, date }, { header: 'if-modified-since', value: earlier }],
  [{ 'last-modified': date, date }, undefined],
  [{ 'last-modified': earlier }, undefined],
  [{ 'last-modified': 'yesterday', date }, undefined],
  [{}, undefined],
])('takes of %j the validator %j', (headers, validator) => {
  expect(validatorOf(headers)).toEqual(validator);
});

test.each([
  ['0', 0],
  ['120', 120_000],
  [date, 10_000],
  ['Mon, 23 Nov 2026 11:00:00 GMT', null],
  ['-1', null],
  ['1.5 minutes', null],
  ['9'.repeat(400), null],
  ['', null],
  [undefined, null],
])('reads Retry-After %j as %j', (value, ms) => {
  expect(parseRetryAfter(value, Date.parse('Mon, 23 Nov 2026 12:00:00 GMT'))).toBe(ms);
});
