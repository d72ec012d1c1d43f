import { FileWindows } from './file-windows.ts';
import { halfSipHash } from './half-sip-hash.ts';
import { comma, findIdEnd, findNextLine, findPriceEnd, maxIdBytes } from './price-line.ts';
import { createPositionMask, firstSlot, hasTag, positionIn, tagOf } from './slots.ts';
import type { PriceTable } from './table.ts';
import { buffersOf, rowsPerCheckpoint, type TableMemory } from './table-memory.ts';

/** A price table over the memory that `indexPrices` made. */
export class IndexedPriceTable implements PriceTable {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly memoryBytes: number;
  readonly #memory: TableMemory;
  readonly #file: FileWindows;
  readonly #slots: Uint32Array;
  readonly #checkpoints: Uint32Array;
  readonly #positionMask: number;
  /** The id that is looked up, as UTF-8. One for all look-ups, so that they allocate nothing; none interrupts another. */
  readonly #id = new Uint8Array(maxIdBytes);
  readonly #idView = new DataView(this.#id.buffer);

  constructor(memory: TableMemory, sha256: string) {
    this.rows = memory.rows;
    this.bytes = memory.file.byteLength;
    this.sha256 = sha256;
    this.memoryBytes = buffersOf(memory).reduce((total, { byteLength }) => total + byteLength, 0);
    this.#memory = memory;
    this.#file = new FileWindows(memory.file, memory.windowBits);
    this.#slots = new Uint32Array(memory.slots);
    this.#checkpoints = new Uint32Array(memory.checkpoints);
    this.#positionMask = createPositionMask(this.bytes);
  }

  lookup(id: string): string | undefined {
    const length = encodeId(id, this.#id);
    if (length === 0) return undefined;
    const slots = this.#slots;
    const mask = this.#positionMask;
    const hash = halfSipHash(this.#idView, 0, length, this.#memory.key);
    const tag = tagOf(hash, mask);
    let at = firstSlot(hash, slots.length);
    for (;;) {
      const slot = slots[at];
      // Never "unknown id": that would be a wrong answer.
      if (slot === undefined) throw new Error('a price table was asked after its memory was given back');
      if (slot === 0) return undefined;
      const start = positionIn(slot, mask);
      if (hasTag(slot, tag, mask) && this.#hasIdAt(start, length)) return this.#priceAt(start, length);
      at = at + 1 === slots.length ? 0 : at + 1;
    }
  }

  idAt(row: number): string {
    if (!Number.isInteger(row) || row < 0 || row >= this.rows) throw new RangeError(`no row ${row} in a price table of ${this.rows}`);
    const checkpoint = this.#checkpoints[Math.floor(row / rowsPerCheckpoint)];
    if (checkpoint === undefined) throw new Error('a price table was asked after its memory was given back');
    let start = checkpoint;
    for (let rest = row % rowsPerCheckpoint; rest > 0; rest -= 1) start = this.#nextRow(start);
    const bytes = this.#file.windowAt(start);
    const index = this.#file.indexOf(start);
    return bytes.toString('utf8', index, findIdEnd(bytes, index));
  }

  /** Takes the table's memory away, for another thread to free. Asked after that the table throws. */
  giveBack(): ArrayBuffer[] {
    return buffersOf(this.#memory);
  }

  /** Whether the row at `start` has the id that is looked up. */
  #hasIdAt(start: number, length: number): boolean {
    const id = this.#id;
    const bytes = this.#file.windowAt(start);
    const index = this.#file.indexOf(start);
    for (let offset = 0; offset < length; offset += 1) if (bytes[index + offset] !== id[offset]) return false;
    return bytes[index + length] === comma;
  }

  /** The price in the row at `start`, whose id has this length. */
  #priceAt(start: number, length: number): string {
    const bytes = this.#file.windowAt(start);
    const index = this.#file.indexOf(start) + length + 1;
    return bytes.toString('latin1', index, findPriceEnd(bytes, index));
  }

  /** The start of the row behind the one at `start`. */
  #nextRow(start: number): number {
    const bytes = this.#file.windowAt(start);
    const index = this.#file.indexOf(start);
    const end = findPriceEnd(bytes, findIdEnd(bytes, index) + 1);
    return this.#file.skipBlankLines(start - index + findNextLine(bytes, end));
  }
}

const encoder = new TextEncoder();

/** Writes an id as UTF-8 and returns its length in bytes; 0 for what can't be an id: too long, or not well-formed Unicode. */
function encodeId(id: string, target: Uint8Array): number {
  // A character is at least a byte.
  if (id.length > target.length) return 0;
  for (let at = 0; at < id.length; at += 1) {
    const code = id.charCodeAt(at);
    if (code > 0x7f) return encodeUnicodeId(id, target);
    target[at] = code;
  }
  return id.length;
}

function encodeUnicodeId(id: string, target: Uint8Array): number {
  const { read, written } = encoder.encodeInto(id, target);
  // A lone surrogate would become U+FFFD, which is a character that an id may have.
  return read === id.length && id.isWellFormed() ? written : 0;
}
