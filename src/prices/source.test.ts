import { expect, test } from 'vitest';
import { describePriceSource, parsePriceSource } from './source.ts';

test.each(['prices.txt', './prices.txt', '/tmp/a b,ü.txt', 'http', 'https:/x', 'C:\\prices.txt', 'http//x', ' http://x'])('takes %j for a file', (text) => {
  expect(parsePriceSource(text)).toEqual({ kind: 'file', path: text });
});

test.each(['http://example.com/prices.txt', 'HTTPS://example.com', 'https://user:secret@example.com:8443/a?b=c#d'])('takes %j for a URL', (text) => {
  expect(parsePriceSource(text)).toEqual({ kind: 'url', url: new URL(text) });
});

test.each(['', 'a\0b', 'ftp://example.com/prices.txt', 'file:///tmp/prices.txt', 's3://bucket/prices.txt', 'http://', 'https://a b', 'http://[::1'])('refuses %j', (text) => {
  expect(() => parsePriceSource(text)).toThrow(expect.objectContaining({ kind: 'usage', code: 'PRICECTL_E_USAGE' }));
});

test.each([
  ['a/prices.txt', 'a/prices.txt'],
  ['a\u001b[31m.txt', String.raw`a\u001b[31m.txt`],
  ['https://user:secret@example.com:8443/a/b?token=secret#secret', 'https://example.com:8443/a/b'],
])('names %j without secrets', (text, name) => {
  expect(describePriceSource(parsePriceSource(text))).toBe(name);
});
