import { expect, test } from 'vitest';
import { formatNumber } from './format.ts';
import { describeGoal, rowsOf } from './rows.ts';

test('a goal for the value stands with ours, one for a ratio with the other', () => {
  const rows = rowsOf({
    what: 'ready',
    unit: 'ms',
    figures: [
      { name: 'ours', values: [2_000, 2_200, 2_100] },
      { name: 'Map', values: [8_000, 8_800, 8_400] },
    ],
    goals: [
      { atMost: 3_000, wanted: '<= 3 s' },
      { against: 'Map', atMost: 0.2 },
    ],
  });
  expect(rows).toEqual([
    { what: 'ready', name: 'ours', value: '2,100 (2,000-2,200) ms', ratio: '', goal: '<= 3 s met' },
    { what: '', name: 'Map', value: '8,400 (8,000-8,800) ms', ratio: '0.25x', goal: '<= 0.2x missed by 25 %' },
  ]);
});

test('a goal without words of its own is said by its limit', () => {
  expect(describeGoal({ against: 'x', atLeast: 12 })).toBe('>= 12x');
  expect(describeGoal({ atMost: 0.2 })).toBe('<= 0.2');
});

test('numbers have three digits that count', () => {
  expect([84_761.4, 100, 12.345, 12, 0.07712, 0, Number.NaN].map(formatNumber)).toEqual(['84,761', '100', '12.3', '12', '0.0771', '0', '-']);
});
