import { allocateBytes, memoryLimit, requireMemoryFor } from './table-memory.ts';

/**
 * Size of the parts in which bytes of unknown number are collected: so large that the C library asks the system for each (its threshold grows
 * to 32 MiB), and gives it back when it is freed. A page that isn't written takes no memory.
 */
const usualPartBytes = 64 * 1_048_576;

/** Collects bytes whose number may not be known, so that they are never held twice. */
export class ByteCollector {
  readonly #label: string;
  readonly #partBytes: number;
  readonly #memoryBytes: number;
  readonly #full: Uint8Array<ArrayBuffer>[] = [];
  #last: Uint8Array<ArrayBuffer>;
  #used = 0;
  #length = 0;

  /** `expectedBytes` is their number if it is known. `label` names them in the EnvironmentError that is thrown for want of memory (`requireMemoryFor`). */
  constructor(label: string, expectedBytes: number | undefined, { partBytes = usualPartBytes, memoryBytes = memoryLimit() } = {}) {
    this.#label = label;
    this.#partBytes = partBytes;
    this.#memoryBytes = memoryBytes;
    this.#last = new Uint8Array(allocateBytes(expectedBytes ?? partBytes, label));
  }

  /** Number of bytes so far. */
  get length(): number {
    return this.#length;
  }

  append(chunk: Uint8Array): void {
    this.#length += chunk.length;
    requireMemoryFor(this.#length, this.#label, this.#memoryBytes);
    for (let start = 0; start < chunk.length; ) {
      if (this.#used === this.#last.length) this.#openPart();
      const piece = chunk.subarray(start, start + this.#last.length - this.#used);
      this.#last.set(piece, this.#used);
      this.#used += piece.length;
      start += piece.length;
    }
  }

  /** All bytes in one buffer. Without copying when there are as many as were expected; else each part is freed when it is copied. */
  finish(): ArrayBuffer {
    if (this.#full.length === 0 && this.#used === this.#last.length) return this.#last.buffer;
    const whole = new Uint8Array(allocateBytes(this.#length, this.#label));
    let at = 0;
    for (const part of [...this.#full, this.#last.subarray(0, this.#used)]) {
      whole.set(part, at);
      at += part.length;
      part.buffer.transfer(0);
    }
    return whole.buffer;
  }

  #openPart(): void {
    if (this.#used > 0) this.#full.push(this.#last);
    this.#last = new Uint8Array(allocateBytes(this.#partBytes, this.#label));
    this.#used = 0;
  }
}
