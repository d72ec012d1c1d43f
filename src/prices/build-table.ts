import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { threadEntry } from '../tools/thread-entry.ts';
import { IndexedPriceTable } from './indexed-table.ts';
import { produceTable } from './produce-table.ts';
import { type TableInput, type TableReply, type TableRequest, toError } from './table-request.ts';
import { isGzip } from './unpack.ts';

/**
 * Price lists up to this size are read in the calling thread: that takes a millisecond, and the start of a thread thirty. Gzipped ones aren't, for
 * nobody knows how large they are.
 */
export const smallBytes = 65_536;

/** A table, and the end of what made it. */
export interface BuiltTable {
  readonly table: IndexedPriceTable;
  /** Ends the thread that built the table; must be called. A table that was replaced can go with it, and is freed there. */
  end(replaced?: IndexedPriceTable): Promise<void>;
}

/**
 * Builds a table in a thread of its own, which owns all its work: it is ended whatever happens, and nothing of it is left when this returns but
 * what `BuiltTable.end` ends. Resolves with undefined when the bytes are those that the caller knows. Throws PricesInvalidError,
 * EnvironmentError, the signal's reason.
 *
 * The table's memory is moved here, not shared: V8 doesn't count SharedArrayBuffers as memory that is worth a garbage collection, and after
 * five loads of a 200 MB list all four old tables were still there. Moved memory can also be taken back at once.
 */
export async function buildTable(request: TableRequest, signal: AbortSignal): Promise<BuiltTable | undefined> {
  signal.throwIfAborted();
  if (await isSmall(request.input)) {
    const table = toTable(await produceTable(request));
    signal.throwIfAborted();
    return table && { table, end: async () => {} };
  }
  const worker = startWorker(request);
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  let table: IndexedPriceTable | undefined;
  try {
    table = toTable(await replyOf(worker, signal));
  } finally {
    if (table === undefined) await worker.terminate();
  }
  return table && { table, end: (replaced) => endWorker(worker, exited, replaced) };
}

async function isSmall(input: TableInput): Promise<boolean> {
  if (input.kind === 'bytes') return input.bytes.byteLength <= smallBytes && !isGzip(new Uint8Array(input.bytes));
  if (input.kind === 'url') return false;
  // What is wrong with the file is found when it is read.
  const stats = await stat(input.path).catch(() => undefined);
  return stats === undefined || !stats.isFile() || (stats.size <= smallBytes && !(await isGzipFile(input.path).catch(() => false)));
}

async function isGzipFile(path: string): Promise<boolean> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const start = new Uint8Array(2);
  await file.read(start, 0, start.length, 0);
  return isGzip(start);
}

function startWorker(request: TableRequest): Worker {
  const transferList = request.input.kind === 'bytes' ? [request.input.bytes] : [];
  // Without this process's options: some, such as --input-type, make a thread fail.
  return new Worker(threadEntry('table-worker', import.meta.url), { name: 'prices', execArgv: [], workerData: request, transferList });
}

/** The worker's reply. Rejects when it fails or ends without one, and with the signal's reason. */
async function replyOf(worker: Worker, signal: AbortSignal): Promise<TableReply> {
  const { promise, resolve, reject } = Promise.withResolvers<TableReply>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('messageerror', reject);
  worker.once('exit', (code) => reject(new Error(`the thread that builds the price table ended with ${code} and without a reply`)));
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function toTable(reply: TableReply): IndexedPriceTable | undefined {
  if (reply.kind === 'failed') throw toError(reply.failure);
  return reply.kind === 'table' ? new IndexedPriceTable(reply.memory, reply.sha256) : undefined;
}

async function endWorker(worker: Worker, exited: Promise<void>, replaced: IndexedPriceTable | undefined): Promise<void> {
  const buffers = replaced?.giveBack() ?? [];
  worker.postMessage(buffers, buffers);
  await exited;
}
