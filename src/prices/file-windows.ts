import { skipBlankLines } from './price-line.ts';

/**
 * Windows of 1 GiB: from indexes of 2^31 on, V8's typed arrays are many times slower (a list of 2.4 GB took 31 s to index, and takes 12 s so).
 */
const usualBits = 30;

/** How much of the next window a window shows: more than the longest line, so that each line lies in the window in which it starts. */
const overlapBytes = 1_024;

/** A file's bytes as windows of equal size, by which positions in it become small indexes. */
export class FileWindows {
  /** Bytes from one window's start to the next one's. */
  readonly size: number;
  /** Size of the file in bytes. */
  readonly length: number;
  readonly #bits: number;
  readonly #windows: readonly Buffer[];

  constructor(file: ArrayBuffer, bits = usualBits) {
    this.#bits = bits;
    this.size = 2 ** bits;
    this.length = file.byteLength;
    this.#windows = Array.from({ length: Math.ceil(this.length / this.size) }, (_, number) => {
      const start = number * this.size;
      return Buffer.from(file, start, Math.min(this.size + overlapBytes, this.length - start));
    });
  }

  /** The window of a position in the file, and what follows it. */
  windowAt(position: number): Buffer {
    const window = this.#windows[position >>> this.#bits];
    if (window === undefined) throw new RangeError(`position ${position} in a file of ${this.length} bytes`);
    return window;
  }

  /** The index of a position in its window. */
  indexOf(position: number): number {
    return position & (this.size - 1);
  }

  /** The start of the first line that isn't blank at or behind the line that starts at `position`; the end of the file when there is none. */
  skipBlankLines(position: number): number {
    let at = position;
    while (at < this.length) {
      const index = this.indexOf(at);
      const next = at - index + skipBlankLines(this.windowAt(at), index, this.size);
      if (next === at) return at;
      at = next;
    }
    return at;
  }
}
