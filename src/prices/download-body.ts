import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { systemCode } from '../tools/errors.ts';
import { PricesDownloadError, PricesInvalidError } from './errors.ts';
import { quoteText } from './quote.ts';
import { allocateBytes } from './table-memory.ts';

const segmentBytes = 4 * 1_048_576;

/**
 * The whole body of a response, decoded, in parts. Throws PricesDownloadError when it is no price list by its type, or not complete:
 * shorter than its Content-Length, chunks without the last one, gzip without its end, or a body that ends with its connection, which says
 * nothing of a cut. Throws PricesInvalidError when it is larger than `mostBytes`.
 */
export async function readDownloadBody(response: IncomingMessage, mostBytes: number, label: string): Promise<ArrayBuffer[]> {
  checkHeaders(response, mostBytes, label);
  const segments = new Segments(mostBytes, label);
  const take = async (chunks: AsyncIterable<Uint8Array>) => {
    // Ends with an error when the message is not complete.
    for await (const chunk of chunks) segments.append(chunk);
  };
  try {
    if (response.headers['content-encoding'] === undefined) await pipeline(response, take);
    else await pipeline(response, createGunzip(), take);
  } catch (error) {
    throw asBodyError(error, label);
  }
  return segments.finish();
}

function checkHeaders({ headers }: IncomingMessage, mostBytes: number, label: string): void {
  const refuse = (problem: string) => new PricesDownloadError('PRICECTL_E_PRICES_CONTENT', `${label}: ${problem}`, { isTransient: false });
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === 'text/html' || type === 'application/xhtml+xml') throw refuse('this is a web page, not a price list');
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'gzip') throw refuse(`the server sends it in an encoding that we didn't ask for, ${quoteText(encoding)}`);
  const isChunked = headers['transfer-encoding']?.toLowerCase().endsWith('chunked') === true;
  const length = headers['content-length'];
  if (length === undefined && !isChunked) throw refuse('the server does not say how long it is, so nobody could tell when it is cut off');
  if (Number(length ?? 0) > mostBytes) throw tooLargeError(label);
}

function asBodyError(error: unknown, label: string): unknown {
  const code = systemCode(error) ?? '';
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code.startsWith('Z_') || code.startsWith('HPE_')) return cutOffError(label, error);
  return error;
}

/** The error for a body that isn't what the server meant to send. */
export function cutOffError(label: string, cause?: unknown): PricesDownloadError {
  return new PricesDownloadError('PRICECTL_E_PRICES_CUT_OFF', `${label}: the download was cut off or damaged`, { isTransient: true, cause });
}

function tooLargeError(label: string): PricesInvalidError {
  return new PricesInvalidError(label, null, 'it is larger than 4 GiB');
}

/** Collects bytes of unknown number in parts that are freed one by one, so that joining them never holds everything twice. */
class Segments {
  readonly #mostBytes: number;
  readonly #label: string;
  readonly #full: ArrayBuffer[] = [];
  #last = new Uint8Array();
  #used = 0;
  #total = 0;

  constructor(mostBytes: number, label: string) {
    this.#mostBytes = mostBytes;
    this.#label = label;
  }

  append(chunk: Uint8Array): void {
    this.#total += chunk.length;
    if (this.#total > this.#mostBytes) throw tooLargeError(this.#label);
    for (let start = 0; start < chunk.length; ) {
      if (this.#used === this.#last.length) this.#open();
      const part = chunk.subarray(start, start + this.#last.length - this.#used);
      this.#last.set(part, this.#used);
      this.#used += part.length;
      start += part.length;
    }
  }

  finish(): ArrayBuffer[] {
    const last = this.#last.buffer.slice(0, this.#used);
    return [...this.#full, last];
  }

  #open(): void {
    if (this.#used > 0) this.#full.push(this.#last.buffer);
    this.#last = new Uint8Array(allocateBytes(segmentBytes, this.#label));
    this.#used = 0;
  }
}
