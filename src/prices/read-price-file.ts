import { closeSync, constants, fstat as fstatCallback, open as openCallback, read as readCallback } from 'node:fs';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { EnvironmentError, PricectlError } from '../tools/errors.ts';
import { asFileError } from '../tools/files.ts';
import { PricesInvalidError } from './errors.ts';
import { describeFileState } from './file-state.ts';
import { maxFileBytes } from './slots.ts';
import { allocateBytes, memoryLimit, requireMemoryFor } from './table-memory.ts';

/** Code of the error for a file that changed while it was read: what was read of it counts for nothing. */
export const changingCode = 'PRICECTL_E_PRICES_CHANGING';

const chunkBytes = 8 * 1_048_576;

// Not a FileHandle, and closed in one go: Node closes plain descriptors with the thread that opened them, but forgets a FileHandle whose opening
// is under way when its thread is ended, and any descriptor whose closing is.
const open = promisify(openCallback);
const fstat = promisify(fstatCallback);
const read = promisify(readCallback);

/** A file to read. */
export interface PriceFileRequest {
  readonly path: string;
  /** How messages name it. */
  readonly label: string;
  /** The state (file-state.ts) in which it is wanted; undefined is any. */
  readonly expectedState: string | undefined;
}

/** The bytes of a file that were there at one moment. */
export interface PriceFile {
  readonly bytes: ArrayBuffer;
  /** Throws EnvironmentError when the path leads to another file or another state of it than was read. */
  readonly checkUnchanged: () => Promise<void>;
}

/**
 * Reads a whole file. Throws EnvironmentError when it can't be read, isn't a regular file, isn't in the expected state or changes meanwhile
 * (`changingCode`), or doesn't fit into memory; PricesInvalidError above 4 GiB.
 */
export async function readPriceFile(request: PriceFileRequest): Promise<PriceFile> {
  const { path, label, expectedState } = request;
  try {
    // Without O_NONBLOCK opening a named pipe waits for a writer.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const before = await fstat(file, { bigint: true });
      const state = describeFileState(before);
      checkKind(before, label);
      if (expectedState !== undefined && state !== expectedState) throw changingError(label);
      requireMemoryFor(Number(before.size), label, memoryLimit());
      const bytes = allocateBytes(Number(before.size), label);
      if ((await readInto(file, bytes)) < bytes.byteLength) throw changingError(label);
      // Looks at the path: that the descriptor's file is unchanged is a part of it.
      const checkUnchanged = () => checkState(path, state, label);
      await checkUnchanged();
      return { bytes, checkUnchanged };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw error instanceof PricectlError ? error : asFileError(error, `can't read ${label}`);
  }
}

function checkKind(stats: { isFile(): boolean; isDirectory(): boolean; readonly size: bigint }, label: string): void {
  if (stats.isDirectory()) throw new EnvironmentError('PRICECTL_E_FILE_EISDIR', `can't read ${label}: it is a directory`);
  if (!stats.isFile()) throw new EnvironmentError('PRICECTL_E_PRICES_NOT_A_FILE', `can't read ${label}: it is not a regular file`);
  if (stats.size > maxFileBytes) throw new PricesInvalidError(label, null, 'it is larger than 4 GiB');
}

/** Fills the buffer from the start of the file, and returns the number of bytes that there were. */
async function readInto(file: number, buffer: ArrayBuffer): Promise<number> {
  const bytes = new Uint8Array(buffer);
  let position = 0;
  while (position < bytes.length) {
    const { bytesRead } = await read(file, bytes, position, Math.min(chunkBytes, bytes.length - position), position);
    if (bytesRead === 0) break;
    position += bytesRead;
  }
  return position;
}

async function checkState(path: string, state: string, label: string): Promise<void> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  if (stats === undefined || describeFileState(stats) !== state) throw changingError(label);
}

function changingError(label: string): EnvironmentError {
  return new EnvironmentError(changingCode, `${label} changed while it was read`, { hints: ['try again when nobody writes it any more'] });
}
