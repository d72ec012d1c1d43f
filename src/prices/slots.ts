/**
 * The index of a table is an open-addressing hash table with linear probing whose slots are unsigned 32-bit integers. 0 is an empty slot;
 * else the low bits hold the position of a line's first byte, plus one, and the bits that no position of the file needs hold a part of the
 * id's hash, the tag: a probe that meets another id's slot mostly sees that without touching the file.
 */

/** Largest price file in bytes: positions have 32 bits. */
export const maxFileBytes = 2 ** 32;

/** Most rows for each slot. At 0.6 a look-up takes 1.8 probes on average, and a row 6.7 bytes. */
const loadFactor = 0.6;

/** Number of slots for this many rows; at least one stays empty, which ends every search. */
export function countSlots(rows: number): number {
  return Math.ceil(rows / loadFactor) + 1;
}

/** The bits of a slot that hold a position in a file of this size. */
export function createPositionMask(fileBytes: number): number {
  return fileBytes >= 2 ** 31 ? 0xffff_ffff : 2 ** (32 - Math.clz32(fileBytes)) - 1;
}

/** The slot where the search for a hash starts: the hash as a fraction of all slots, so that their number needn't be a power of two. */
export function firstSlot(hash: number, slots: number): number {
  return Math.floor(hash * (slots / 2 ** 32));
}

/** The tag of a hash, as a signed integer. Multiplied by 2^32 / phi first (Knuth), for its high bits chose the slot. */
export function tagOf(hash: number, positionMask: number): number {
  return Math.imul(hash, 0x9e3779b1) & ~positionMask;
}

/** The content of a slot. */
export function packSlot(tag: number, position: number): number {
  return (tag | (position + 1)) >>> 0;
}

/** Whether a slot has this tag. */
export function hasTag(slot: number, tag: number, positionMask: number): boolean {
  return (slot & ~positionMask) === tag;
}

/** The position in a slot that isn't empty. */
export function positionIn(slot: number, positionMask: number): number {
  return ((slot & positionMask) >>> 0) - 1;
}
