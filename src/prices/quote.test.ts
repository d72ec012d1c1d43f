import { expect, test } from 'vitest';
import { escapeControls, quoteBytes, quoteText } from './quote.ts';

test.each([
  ['P124', '"P124"'],
  ['', '""'],
  ['a "b" \\', String.raw`"a \"b\" \\"`],
  ['a\tb\r\n\0', String.raw`"a\tb\r\n\u0000"`],
  ['\u001b[31m', String.raw`"\u001b[31m"`],
  ['\u009b31m\u007f', String.raw`"\u009b31m\u007f"`],
  ['a\u202eb\u2028\u{e0001}', String.raw`"a\u202eb\u2028\u{e0001}"`],
  ['\ud834', String.raw`"\ud834"`],
  ['€𝄞', '"€𝄞"'],
  ['a'.repeat(40), `"${'a'.repeat(40)}"`],
  ['a'.repeat(41), `"${'a'.repeat(40)}…"`],
  ['𝄞'.repeat(1_000), `"${'𝄞'.repeat(40)}…"`],
])('quotes %j', (text, quoted) => {
  expect(quoteText(text)).toBe(quoted);
});

test('quotes bytes without cutting a character that is shown', () => {
  const bytes = new TextEncoder().encode('𝄞'.repeat(500));
  expect(quoteBytes(bytes)).toBe(`"${'𝄞'.repeat(40)}…"`);
  expect(quoteBytes(Uint8Array.of(0x61, 0xff, 0x62))).toBe('"a\uFFFDb"');
});

test('leaves harmless text alone', () => {
  expect(escapeControls('prices ü€𝄞 "x" \\.txt')).toBe('prices ü€𝄞 "x" \\.txt');
});
