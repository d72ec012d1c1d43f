import { EnvironmentError } from '../tools/errors.ts';
import type { HashKey } from './half-sip-hash.ts';
import { countSlots } from './slots.ts';

/** Every so many rows the start of a row is noted, to find rows by number. */
export const rowsPerCheckpoint = 256;

/** All that a price table consists of. Its buffers can be moved to another thread, which copies nothing. */
export interface TableMemory {
  /** The file's bytes. */
  readonly file: ArrayBuffer;
  /** The index (slots.ts), 32 bits a slot. */
  readonly slots: ArrayBuffer;
  /** Start of each `rowsPerCheckpoint`th row, 32 bits each. */
  readonly checkpoints: ArrayBuffer;
  readonly key: HashKey;
  readonly rows: number;
  /** That of the file's windows (file-windows.ts); undefined is the usual one. */
  readonly windowBits: number | undefined;
}

/** The buffers of a table, to move them. */
export function buffersOf({ file, slots, checkpoints }: TableMemory): ArrayBuffer[] {
  return [file, slots, checkpoints];
}

/** Memory for a table, zeroed. `label` names the price list in the EnvironmentError that is thrown when there isn't enough. */
export function allocateBytes(bytes: number, label: string): ArrayBuffer {
  try {
    return new ArrayBuffer(bytes);
  } catch (cause) {
    throw new EnvironmentError('PRICECTL_E_PRICES_MEMORY', `${label}: not enough memory for a table of its prices`, { cause });
  }
}

/** Number of checkpoints for this many rows. */
export function countCheckpoints(rows: number): number {
  return Math.ceil(rows / rowsPerCheckpoint);
}

/**
 * Memory that the table of a price file takes, in bytes. Without a number of rows, lines are taken to be 12 bytes long on average, with line
 * feed: less than that (`P12345,9.99`) is rare in files that are large enough to matter. A reload holds two tables.
 */
export function estimateTableMemory(fileBytes: number, rows = Math.ceil(fileBytes / 12)): number {
  return fileBytes + 4 * (countSlots(rows) + countCheckpoints(rows));
}
