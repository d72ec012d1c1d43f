import { expect, test } from 'vitest';
import { toChart, toSvg } from './chart.ts';

test('a logarithmic axis goes from power to power of ten, a linear one from 0', () => {
  const svg = toSvg(toChart('x', 'Speed & size', 'connections', 'req/s', [{ name: 'a < b', points: [[1, 0], [10, 50], [100, 100]] }]));
  expect(svg).toContain('<path d="M76 262L288 151L500 40"');
  expect(svg).toContain('Speed &amp; size');
  expect(svg).toContain('a &lt; b');
  for (const tick of ['>1<', '>10<', '>100<', '>20<', '>80<']) expect(svg).toContain(tick);
});

test('a line without points, and values that are all alike, can be drawn', () => {
  const empty = toSvg(toChart('x', 'x', 'x', 'y', [{ name: 'none', points: [] }]));
  const alike = toSvg(toChart('x', 'x', 'x', 'y', [{ name: 'one', points: [[5, 7], [5, 7]] }], { x: false, y: true }));
  for (const svg of [empty, alike]) expect(svg).not.toMatch(/NaN|Infinity/);
});
