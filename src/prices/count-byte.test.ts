import { expect, test } from 'vitest';
import { countByte } from './count-byte.ts';
import { createRandom } from './prices.fixture.ts';

test('counts as a look at each byte does, wherever the bytes begin and end', () => {
  const random = createRandom(1);
  // The value, those that differ from it in one bit, and the ends of the range.
  const values = [0x2c, 0x2c, 0x2d, 0x2e, 0xac, 0x6c, 0, 0x7f, 0x80, 0xff];
  const all = Uint8Array.from({ length: 5_000 }, () => values[Math.floor(random() * values.length)] ?? 0);
  for (let round = 0; round < 500; round += 1) {
    const start = Math.floor(random() * 20);
    const bytes = all.subarray(start, start + Math.floor(random() * (round < 250 ? 20 : 4_900)));
    for (const value of [0x2c, 0, 0xff]) expect(countByte(bytes, value)).toBe(bytes.filter((byte) => byte === value).length);
  }
});

test.each([0, 0x2c, 0x80, 0xff])('counts bytes that are all alike (%i)', (value) => {
  expect(countByte(new Uint8Array(10_001).fill(value), value)).toBe(10_001);
});

test('counts in more bytes than one view shows', () => {
  const bytes = new Uint8Array(2 ** 26 + 9);
  for (const at of [0, 2 ** 26 - 1, 2 ** 26, 2 ** 26 + 3, 2 ** 26 + 8]) bytes[at] = 7;
  expect(countByte(bytes, 7)).toBe(5);
});
