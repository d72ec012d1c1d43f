import { randomFillSync } from 'node:crypto';

/** The secret of a hash: two random 32-bit integers. */
export type HashKey = readonly [number, number];

/** A key that nobody can guess. */
export function createHashKey(): HashKey {
  const [first = 0, second = 0] = randomFillSync(new Int32Array(2));
  return [first, second];
}

/**
 * HalfSipHash-1-3 of the bytes `start .. end - 1`, as an unsigned 32-bit integer. Made for hash tables whose keys come from strangers: who
 * doesn't know the key can't find ids that collide, and there are none that collide under every key, as multiplicative hashes have.
 * Aumasson and Bernstein, https://www.aumasson.jp/siphash/; the same variant as Linux's hsiphash on 32-bit machines (lib/siphash.c).
 */
export function halfSipHash(bytes: DataView, start: number, end: number, key: HashKey): number {
  let v0 = key[0];
  let v1 = key[1];
  let v2 = 0x6c796765 ^ v0;
  let v3 = 0x74656462 ^ v1;
  const length = end - start;
  const words = length >>> 2;
  // A round for each word, one for the rest with the length, three to finish with zero words, which change nothing.
  for (let round = 0; round < words + 4; round += 1) {
    let word = 0;
    if (round < words) word = bytes.getInt32(start + 4 * round, true);
    else if (round === words) word = lastWord(bytes, end, length);
    else if (round === words + 1) v2 ^= 0xff;
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
  }
  return (v1 ^ v3) >>> 0;
}

/** The bytes behind the last whole word, and the length modulo 256 in the highest byte. */
function lastWord(bytes: DataView, end: number, length: number): number {
  let word = 0;
  for (let at = end - 1; at >= end - (length & 3); at -= 1) word = (word << 8) | bytes.getUint8(at);
  return word | (length << 24);
}
