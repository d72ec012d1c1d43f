import { expect, test } from 'vitest';
import { LineSplitter } from './line-splitter.ts';

function split(...chunks: readonly Buffer[]): readonly string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.write(chunk);
  splitter.end();
  return lines;
}

test('lines come whole, however their bytes come', () => {
  const bytes = Buffer.from('one\r\ntwo ü\n\nthree');
  const expected = ['one', 'two ü', '', 'three'];
  expect(split(bytes)).toEqual(expected);
  expect(split(...Array.from(bytes, (_, index) => bytes.subarray(index, index + 1)))).toEqual(expected);
});

test('output without line breaks comes in pieces', () => {
  const pieces = split(Buffer.alloc(40_000, 'x'));
  expect(pieces.map((piece) => piece.length)).toEqual([16_384, 16_384, 7_232]);
});
