import { expect, test } from 'vitest';
import { escapeMarkdown, toMarkdown } from './markdown.ts';
import { emptyReportData, hugeReportData, reportData } from './report.fixture.ts';

test('a passed run', () => {
  const lines = toMarkdown(reportData()).split('\n');
  expect(lines).toEqual(expect.arrayContaining(['## ✅ passed: 2026-11-24-120301-loadtest', '| ✓ checks | rate==1 | 100.00% |', '| ✓ status was 200 | 20 | 0 |', '| 0:02 | 4 → 5 | CPU 131 % of request, target 50 %: wants 8; +4 per 15 s allows 7 |']));
  expect(lines.slice(-4)).toEqual(['```sh', 'pricectl loadtest --vus 4 --duration 10s', '```', '']);
});

test('a run of which nothing is known', () => {
  const text = toMarkdown(emptyReportData());
  expect(text).toContain('## ⚠️ incomplete');
  expect(text).toContain('- of the record: series.json is damaged');
  expect(text).toContain('| 0 | 0 | – | – | – | – (not known) |');
});

test('long lists are cut, and say so', () => {
  const text = toMarkdown(hugeReportData());
  expect(text.length).toBeLessThan(40_000);
  expect(text.match(/… and 950 more/g)).toHaveLength(4);
});

test.each([
  ['a | b', String.raw`a \| b`],
  ['<script>', String.raw`\<script\>`],
  ['[x](http://y) ![z]', String.raw`\[x\](http\://y) \!\[z\]`],
  ['*a* _b_ `c` ~d~ #1 @me &amp; \\', '\\*a\\* \\_b\\_ \\`c\\` \\~d\\~ \\#1 \\@me \\&amp; \\\\'],
  ['two\r\nlines\u{2028}\u{0}', 'two lines '],
])('%j is shown as it is', (text, escaped) => {
  expect(escapeMarkdown(text)).toBe(escaped);
});

test('a command with backticks stays in its block', () => {
  expect(toMarkdown(reportData({ commands: [{ purpose: '', line: 'x ```\n```' }] }))).toContain('````sh\nx ```\n```\n````');
});
