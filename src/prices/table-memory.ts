import { totalmem } from 'node:os';
import { formatBytes } from '../tools/bytes.ts';
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

/**
 * Refuses a list that can't be served here: its bytes, their index and, in a reload, the table before have to be in memory together. Who went on
 * collecting what comes without end, or out of a gzip bomb, would be killed with the prices that it serves. `memoryBytes` is what this process may
 * have. Throws EnvironmentError when half of it is less than `bytes`.
 */
export function requireMemoryFor(bytes: number, label: string, memoryBytes: number): void {
  if (bytes <= memoryBytes / 2) return;
  throw new EnvironmentError('PRICECTL_E_PRICES_MEMORY', `${label}: not enough memory: it is larger than half of the ${formatBytes(memoryBytes)} that this process may have`, {
    hints: ['give it more memory (on a cluster: --memory-limit), or a smaller list'],
  });
}

/** Bytes of memory that this process may have: its container's limit, else the machine's memory. */
export function memoryLimit(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
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
