import { isUtf8 } from 'node:buffer';
import { expect, test } from 'vitest';
import { createUrls, randomFrom } from './price-requests.fixture.ts';
import { readProductId } from './product-id.ts';

/** What the URL Standard's own reader makes of a query that is strictly well-formed; undefined where there isn't exactly one id. */
function idByUrlStandard(url: string): string | undefined {
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  const bytes = Buffer.from(query.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1');
  if (url.includes('#') || /%(?![0-9a-f]{2})/i.test(query) || !isUtf8(bytes)) return undefined;
  const [id, ...more] = new URLSearchParams(query).getAll('product_id');
  return more.length > 0 || id === '' ? undefined : id;
}

test.each([1, 2, 3])('reads ids as the URL Standard does (seed %i)', (seed) => {
  const next = createUrls(randomFrom(seed));
  let found = 0;
  for (let round = 0; round < 5_000; round += 1) {
    const url = next();
    // Node's parser lets no other characters pass.
    if (!/^[!-~]*$/.test(url)) continue;
    const id = readProductId(url);
    expect(typeof id === 'string' ? id : undefined, `seed ${seed}: ${JSON.stringify(url)}`).toBe(idByUrlStandard(url));
    if (typeof id === 'string') found += 1;
  }
  expect(found).toBeGreaterThan(2_000);
});

test.each([
  ['/price?product_id=%zz', 'not well-formed'],
  ['/price?product_id=%C0%80', 'not well-formed'],
  ['/price?product_id=a#b', 'not well-formed'],
  ['/price?product_id=', 'missing or empty'],
  ['/price', 'missing or empty'],
  ['/price?product_id=a&product_id=a', 'more than once'],
])('says why %s names no product', (url, reason) => {
  expect(readProductId(url)).toEqual({ detail: expect.stringContaining(reason) });
});
