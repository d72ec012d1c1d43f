import { expect, test } from 'vitest';
import { countSlots, createPositionMask, firstSlot, hasTag, maxFileBytes, packSlot, positionIn, tagOf } from './slots.ts';

const sizes = [3, 4, 255, 256, 2 ** 28, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1, maxFileBytes];
const hashes = [0, 1, 0x7fff_ffff, 0x8000_0000, 0xdead_beef, 0xffff_ffff];

test.each(sizes)('keeps positions and tags apart in a file of %d bytes', (bytes) => {
  const mask = createPositionMask(bytes);
  // The last line that can be: `a,1`.
  for (const position of [0, 1, Math.floor(bytes / 2), bytes - 3]) {
    for (const hash of hashes) {
      const tag = tagOf(hash, mask);
      const slot = packSlot(tag, position);
      expect(slot).toBeGreaterThan(0);
      expect(positionIn(slot, mask)).toBe(position);
      expect(hasTag(slot, tag, mask)).toBe(true);
    }
  }
});

test('gives the bits that positions leave to the tag', () => {
  const tagCounts = [2 ** 28 - 1, 2 ** 31 - 1, maxFileBytes].map((bytes) => {
    const mask = createPositionMask(bytes);
    return new Set(Array.from({ length: 10_000 }, (_, hash) => tagOf(hash, mask))).size;
  });
  expect(tagCounts).toEqual([16, 2, 1]);
});

test.each([1, 2, 7, 1_000, 16_666_668, 715_827_884])('spreads hashes over all of %d slots', (slots) => {
  expect(firstSlot(0, slots)).toBe(0);
  expect(firstSlot(0xffff_ffff, slots)).toBe(slots - 1);
  expect(firstSlot(0x8000_0000, slots)).toBe(Math.floor(slots / 2));
});

test.each([0, 1, 2, 3, 10, 1_000_000])('leaves a slot empty with %d rows', (rows) => {
  expect(countSlots(rows)).toBeGreaterThan(rows);
});
