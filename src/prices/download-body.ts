import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { systemCode } from '../tools/errors.ts';
import { ByteCollector } from './byte-collector.ts';
import { PricesDownloadError, PricesInvalidError } from './errors.ts';
import { quoteText } from './quote.ts';

/** Thrown to stop a body of which more has come than is wanted. */
const tooMuch = new Error('more than is wanted');

/** How much of a body to take, in bytes of its decoded form. */
export interface BodyLimits {
  /** More than this is an error. */
  readonly mostBytes: number;
  /** More than this isn't wanted. */
  readonly wantedBytes: number;
}

/**
 * The whole body of a response, decoded; undefined when it is larger than wanted. Throws PricesDownloadError when it is no price list by its type,
 * or not complete: shorter than its Content-Length, chunks without the last one, gzip without its end, or a body that ends with its connection,
 * which says nothing of a cut. Throws PricesInvalidError when it is larger than `mostBytes`.
 */
export async function readDownloadBody(response: IncomingMessage, limits: BodyLimits, label: string): Promise<ArrayBuffer | undefined> {
  checkHeaders(response, limits.mostBytes, label);
  const isPlain = response.headers['content-encoding'] === undefined;
  const length = response.headers['content-length'];
  const expectedBytes = isPlain && length !== undefined ? Number(length) : undefined;
  if (expectedBytes !== undefined && expectedBytes > limits.wantedBytes) return undefined;
  const collector = new ByteCollector(label, expectedBytes);
  const take = async (chunks: AsyncIterable<Uint8Array>) => {
    // Ends with an error when the message is not complete.
    for await (const chunk of chunks) {
      if (collector.length + chunk.length > limits.mostBytes) throw tooLargeError(label);
      if (collector.length + chunk.length > limits.wantedBytes) throw tooMuch;
      collector.append(chunk);
    }
  };
  try {
    if (isPlain) await pipeline(response, take);
    else await pipeline(response, createGunzip(), take);
  } catch (error) {
    if (error === tooMuch) return undefined;
    throw asBodyError(error, label);
  }
  return collector.finish();
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
