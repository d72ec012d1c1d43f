/** Words that are looked at through one view: typed arrays are slow beyond an index of 2^31 (file-windows.ts). */
const viewedWords = 2 ** 24;

/** Words after which a count of 8 bits a lane could overflow. */
const wordsPerSum = 255;

/**
 * How many bytes have this value. Four at a time, in the lanes of a 32-bit integer (Hacker's Delight, 2nd edition, 6-1: finding zero bytes without
 * carries between them): 200 MB in 49 ms instead of the 166 ms that a look at each byte takes.
 */
export function countByte(bytes: Uint8Array, value: number): number {
  const start = Math.min(bytes.length, -bytes.byteOffset & 3);
  const words = (bytes.length - start) >>> 2;
  let count = countSlowly(bytes.subarray(0, start), value) + countSlowly(bytes.subarray(start + 4 * words), value);
  for (let first = 0; first < words; first += viewedWords) {
    count += countInWords(new Int32Array(bytes.buffer, bytes.byteOffset + start + 4 * first, Math.min(viewedWords, words - first)), value);
  }
  return count;
}

function countInWords(words: Int32Array, value: number): number {
  const pattern = Math.imul(value, 0x0101_0101);
  let count = 0;
  for (let at = 0; at < words.length; ) {
    const end = Math.min(words.length, at + wordsPerSum);
    let lanes = 0;
    for (; at < end; at += 1) {
      // A byte of the value becomes zero; then the highest bit of each zero byte is set, and of no other.
      const difference = (words[at] ?? 0) ^ pattern;
      lanes = (lanes + (~(((difference & 0x7f7f_7f7f) + 0x7f7f_7f7f) | difference | 0x7f7f_7f7f) >>> 7)) | 0;
    }
    count += (lanes & 0xff) + ((lanes >>> 8) & 0xff) + ((lanes >>> 16) & 0xff) + (lanes >>> 24);
  }
  return count;
}

function countSlowly(bytes: Uint8Array, value: number): number {
  let count = 0;
  for (const byte of bytes) if (byte === value) count += 1;
  return count;
}
