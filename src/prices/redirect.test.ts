import { expect, test } from 'vitest';
import { redirectTarget } from './redirect.ts';

test.each([
  ['http://a/b/c?d', 'e', 'http://a/b/e'],
  ['http://a/b/c', '/e?f', 'http://a/e?f'],
  ['http://a/', 'https://b/', 'https://b/'],
  ['https://a/', 'https://b:8443/', 'https://b:8443/'],
  ['https://a/', '//b/', 'https://b/'],
])('goes from %s by %j to %s', (from, location, to) => {
  expect(redirectTarget(new URL(from), location, 'the list').href).toBe(to);
});

test.each([
  ['https://a/', 'http://a/'],
  ['http://a/', 'file:///etc/passwd'],
  ['http://a/', 'http://'],
  ['http://a/', undefined],
])('does not go from %s by %j', (from, location) => {
  expect(() => redirectTarget(new URL(from), location, 'the list')).toThrow(expect.objectContaining({ code: 'PRICECTL_E_PRICES_REDIRECT', isTransient: false }));
});
