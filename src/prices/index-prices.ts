import { countByte } from './count-byte.ts';
import { PricesInvalidError } from './errors.ts';
import { FileWindows } from './file-windows.ts';
import { createHashKey, halfSipHash, type HashKey } from './half-sip-hash.ts';
import { duplicateError, findInvalidUtf8, lineError } from './line-problem.ts';
import { comma, findFirstLine, findIdEnd, findNextLine, findPriceEnd, notFound, skipBlankLines } from './price-line.ts';
import { countSlots, createPositionMask, firstSlot, hasTag, maxFileBytes, packSlot, positionIn, tagOf } from './slots.ts';
import { allocateBytes, countCheckpoints, rowsPerCheckpoint, type TableMemory } from './table-memory.ts';

/**
 * Rows are put into the index so many at a time. Most slots are in no cache: a loop that does nothing but read those of the batch waits for
 * many of them at once, and then inserting finds them in the cache (10,000,000 rows in 1.5 s instead of 2.1 s).
 */
const batchRows = 1_024;

/** Bytes whose rows are counted in a turn: a third of a millisecond. */
const turnBytes = 1_048_576;

/** Rows that are checked but not yet in the index. */
interface Batch {
  readonly hashes: Uint32Array;
  readonly positions: Float64Array;
  length: number;
  /** What the reading of slots came to, so that it isn't optimised away. */
  touched: number;
}

/** A price file while it is indexed. */
interface Indexing {
  readonly bytes: Uint8Array;
  readonly file: FileWindows;
  readonly source: string;
  readonly key: HashKey;
  readonly slots: Uint32Array<ArrayBuffer>;
  readonly positionMask: number;
  readonly checkpoints: Uint32Array<ArrayBuffer>;
  readonly batch: Batch;
  readonly onTurn: (() => void) | undefined;
  rows: number;
}

/** What tests choose, and what a thread without haste does between turns. */
export interface IndexOptions {
  readonly key?: HashKey | undefined;
  readonly windowBits?: number | undefined;
  /** Called several times a millisecond while it works. */
  readonly onTurn?: (() => void) | undefined;
}

/**
 * Checks a price file and builds its index. `source` names the file in errors.
 * Throws PricesInvalidError for the first line that is no good, and EnvironmentError when there isn't enough memory.
 */
export function indexPrices(file: ArrayBuffer, source: string, { key = createHashKey(), windowBits, onTurn }: IndexOptions = {}): TableMemory {
  if (file.byteLength > maxFileBytes) throw new PricesInvalidError(source, null, 'it is larger than 4 GiB');
  const bytes = new Uint8Array(file);
  const mostRows = countMostRows(bytes, onTurn);
  const indexing: Indexing = {
    bytes,
    file: new FileWindows(file, windowBits),
    source,
    key,
    slots: new Uint32Array(allocateBytes(4 * countSlots(mostRows), source)),
    positionMask: createPositionMask(file.byteLength),
    checkpoints: new Uint32Array(allocateBytes(4 * countCheckpoints(mostRows), source)),
    batch: { hashes: new Uint32Array(batchRows), positions: new Float64Array(batchRows), length: 0, touched: 0 },
    onTurn,
    rows: 0,
  };
  indexLines(indexing);
  const { rows, slots, checkpoints } = indexing;
  if (rows === 0) throw new PricesInvalidError(source, 1, 'there are no prices in it');
  return { file, slots: slots.buffer, checkpoints: checkpoints.buffer, key, rows, windowBits };
}

/** The number of rows if the file is valid: each has one comma. Bounded by the shortest row (`a,1` and a line feed) where it isn't. */
export function countMostRows(bytes: Uint8Array, onTurn?: () => void): number {
  let commas = 0;
  for (let start = 0; start < bytes.length; start += turnBytes) {
    commas += countByte(bytes.subarray(start, start + turnBytes), comma);
    onTurn?.();
  }
  return Math.min(commas, Math.ceil(bytes.length / 4));
}

/** Puts all rows into the index. Throws PricesInvalidError for the first line that is no good. */
function indexLines(indexing: Indexing): void {
  const { bytes, file, source } = indexing;
  const end = findInvalidUtf8(bytes, indexing.onTurn);
  let position = file.skipBlankLines(findFirstLine(bytes));
  while (position < end) {
    const reached = indexWindow(indexing, position, end);
    if (reached === position) break;
    position = file.skipBlankLines(reached);
  }
  // Duplicates among the lines before a bad one come first.
  insertBatch(indexing);
  if (position < bytes.length) throw lineError(bytes, position, source);
}

/** Indexes the lines from a position on, as far as they start in the same window and before `end`; returns the start of the first one left. */
function indexWindow(indexing: Indexing, position: number, end: number): number {
  const { file } = indexing;
  const bytes = file.windowAt(position);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = file.indexOf(position);
  const windowStart = position - at;
  const limit = Math.min(file.size, end - windowStart);
  while (at < limit) {
    const idEnd = findIdEnd(bytes, at);
    const next = idEnd === notFound ? notFound : findRowEnd(bytes, idEnd);
    if (next === notFound) break;
    addRow(indexing, halfSipHash(view, at, idEnd, indexing.key), windowStart + at);
    at = skipBlankLines(bytes, next, file.size);
  }
  return windowStart + at;
}

/** The start of the line behind the row whose id ends at `idEnd`, or `notFound` when there is no price or something behind it. */
function findRowEnd(bytes: Uint8Array, idEnd: number): number {
  const priceEnd = findPriceEnd(bytes, idEnd + 1);
  return priceEnd === notFound ? notFound : findNextLine(bytes, priceEnd);
}

function addRow(indexing: Indexing, hash: number, position: number): void {
  const { batch, checkpoints } = indexing;
  if (indexing.rows % rowsPerCheckpoint === 0) checkpoints[indexing.rows / rowsPerCheckpoint] = position;
  indexing.rows += 1;
  batch.hashes[batch.length] = hash;
  batch.positions[batch.length] = position;
  batch.length += 1;
  if (batch.length === batchRows) insertBatch(indexing);
}

function insertBatch(indexing: Indexing): void {
  const { batch, slots } = indexing;
  let touched = 0;
  for (let index = 0; index < batch.length; index += 1) touched |= slots[firstSlot(batch.hashes[index] ?? 0, slots.length)] ?? 0;
  batch.touched = touched;
  for (let index = 0; index < batch.length; index += 1) insert(indexing, batch.hashes[index] ?? 0, batch.positions[index] ?? 0);
  batch.length = 0;
  indexing.onTurn?.();
}

/** Puts the row at `position` into the index. Throws PricesInvalidError when its id is there. */
function insert({ bytes, file, slots, positionMask: mask, source }: Indexing, hash: number, position: number): void {
  const tag = tagOf(hash, mask);
  let at = firstSlot(hash, slots.length);
  for (let slot = slots[at] ?? 0; slot !== 0; slot = slots[at] ?? 0) {
    if (hasTag(slot, tag, mask) && isSameId(file, positionIn(slot, mask), position)) {
      throw duplicateError(bytes, position, positionIn(slot, mask), source);
    }
    at = at + 1 === slots.length ? 0 : at + 1;
  }
  slots[at] = packSlot(tag, position);
}

/** Whether the rows at two positions have the same id. */
function isSameId(file: FileWindows, one: number, other: number): boolean {
  const [bytes, otherBytes] = [file.windowAt(one), file.windowAt(other)];
  const [start, otherStart] = [file.indexOf(one), file.indexOf(other)];
  for (let offset = 0; ; offset += 1) {
    const byte = bytes[start + offset];
    if (byte !== otherBytes[otherStart + offset]) return false;
    if (byte === comma) return true;
  }
}
