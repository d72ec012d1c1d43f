import { expect, test } from 'vitest';
import { cpuBar, replicaBar, sparkline } from './bars.ts';
import type { Line } from './spans.ts';

const textOf = (line: Line) => line.map(({ text }) => text).join('');

test('a cell a replica: ready, starting, ending, room to the maximum', () => {
  const replicas = { min: 3, max: 10, desired: 7, ready: 5, starting: 2, ending: 1 };
  expect(textOf(replicaBar(replicas, 30))).toBe('█████▒▒░··');
  expect(textOf(replicaBar({ ...replicas, ready: 12, starting: 0, ending: 2 }, 30))).toBe('████████████░░');
  expect(textOf(replicaBar({ ...replicas, max: 1_000, ready: 500, starting: 0, ending: 0 }, 10))).toBe('█████·····');
});

test('the CPU reaches into, over or not up to the band', () => {
  const bar = { target: 50, band: { low: 45, high: 55 }, full: 100 };
  expect(textOf(cpuBar({ ...bar, percent: 20 }, 20))).toBe('━━━━────┼┼┼┼────────'.replace('────┼┼┼┼', '─────┼┼┼'));
  expect(textOf(cpuBar({ ...bar, percent: 100 }, 20))).toContain('━┿');
});

test('above the band the bar asks for attention', () => {
  const bar = { target: 50, band: { low: 45, high: 55 }, full: 100 };
  expect(cpuBar({ ...bar, percent: 55 }, 10)[0]?.style).toBe('good');
  expect(cpuBar({ ...bar, percent: 56 }, 10)[0]?.style).toBe('careful');
});

test('the newest values as blocks, gaps where nothing is known', () => {
  expect(sparkline([9, 0, 50, null, 100], 4, 100)).toBe('▁▄ █');
  expect(sparkline([200], 4, 100)).toBe('█');
});
