import { expect, test } from 'vitest';
import { plainStyle } from '../style.ts';
import { flow, renderLine, wrapWords } from './spans.ts';

const bracketed = { ...plainStyle, good: (text: string) => `<${text}>` };

test('a line is cut at the width of the terminal, colours not counted', () => {
  const line = [{ text: 'abc' }, { text: 'def', style: 'good' }, { text: 'ghi' }] as const;
  expect(renderLine(line, 9, bracketed)).toBe('abc<def>ghi');
  expect(renderLine(line, 6, bracketed)).toBe('abc<de>…');
  expect(renderLine(line, 1, bracketed)).toBe('…');
  expect(renderLine(line, 0, bracketed)).toBe('');
});

test('what a replica says cannot drive the terminal', () => {
  expect(renderLine([{ text: '\u001B[2Jboo\r\n\u009B31m' }], 80, plainStyle)).toBe(' [2Jboo   31m');
});

test('a character outside of the basic plane is one, and is never halved', () => {
  expect(renderLine([{ text: '💥💥💥' }], 2, plainStyle)).toBe('💥…');
});

const parts = [[{ text: 'one two' }], [{ text: 'three' }], [{ text: 'four' }]];
const textsOf = (columns: number) => flow('label', parts, columns).map((line) => line.map(({ text }) => text).join(''));

test('parts stand side by side as far as they fit, below the first', () => {
  expect(textsOf(80)).toEqual(['label       one two   three   four']);
  expect(flow('label', Array.from({ length: 4 }, () => [{ text: 'x'.repeat(15) }]), 50)).toHaveLength(2);
});

test('on a narrow terminal the label has a line of its own', () => {
  expect(textsOf(20)).toEqual(['label', '  one two   three', '  four']);
});

test('words break at spaces, but not between a number and its unit', () => {
  expect(wrapWords('next look in 2 s', 14).map(([span]) => span?.text)).toEqual(['next look in', '2 s']);
});
