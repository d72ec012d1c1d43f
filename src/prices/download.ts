import type { IncomingMessage } from 'node:http';
import { PricectlError, systemCode } from '../tools/errors.ts';
import { cutOffError, readDownloadBody } from './download-body.ts';
import { PricesDownloadError } from './errors.ts';
import { escapeControls } from './quote.ts';
import { redirectError, redirectTarget } from './redirect.ts';
import { maxFileBytes } from './slots.ts';
import { describePriceSource } from './source.ts';
import { parseRetryAfter, type Validator, validatorOf } from './validator.ts';

/** Limits of one download. */
export interface DownloadLimits {
  /** Longest silence of the server, in ms: while it is connected to, and between any two of its bytes. */
  readonly idleMs: number;
  /** Longest time for all, in ms. */
  readonly totalMs: number;
  /** Largest body, decoded. */
  readonly mostBytes: number;
  /** Most redirects in a row. */
  readonly mostRedirects: number;
}

/** The usual limits: 4 GiB in 15 minutes are 38 Mbit/s. */
export const downloadLimits: DownloadLimits = { idleMs: 15_000, totalMs: 900_000, mostBytes: maxFileBytes, mostRedirects: 5 };

/** What a download needs beside its URL. */
export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** That of the content which is there already. */
  readonly validator?: Validator | undefined;
  readonly limits?: DownloadLimits | undefined;
  /** Bodies above this many bytes aren't downloaded. */
  readonly wantedBytes?: number;
}

/** What came of a download: a complete body; the news that it is larger than wanted; nothing, for the content is that of the validator (304). */
export type Download =
  | { readonly kind: 'body'; readonly bytes: ArrayBuffer; readonly validator: Validator | undefined }
  | { readonly kind: 'large'; readonly validator: Validator | undefined }
  | { readonly kind: 'not-modified' };

/** A download under way. */
interface Attempt {
  readonly label: string;
  readonly limits: DownloadLimits;
  readonly validator: Validator | undefined;
  /** Ends every request of the download. */
  readonly signal: AbortSignal;
  /** Ends the download with an error. */
  readonly giveUp: (error: Error) => void;
}

/**
 * Downloads a price list. Only a complete body counts (download-body.ts). Throws PricesDownloadError, PricesInvalidError for one that is too
 * large, EnvironmentError for want of memory, the signal's reason on abort.
 */
export async function downloadPrices(url: URL, options: DownloadOptions): Promise<Download> {
  const { limits = downloadLimits, wantedBytes = Number.POSITIVE_INFINITY } = options;
  const label = describePriceSource({ kind: 'url', url });
  const controller = new AbortController();
  const giveUp = (error: Error) => controller.abort(error);
  const timer = setTimeout(() => giveUp(slowError(label, `is not complete after ${limits.totalMs / 1_000} s`)), limits.totalMs);
  const signal = AbortSignal.any([options.signal, controller.signal]);
  try {
    signal.throwIfAborted();
    const response = await followRedirects(url, { label, limits, validator: options.validator, signal, giveUp });
    if (response.statusCode === 304) return { kind: 'not-modified' };
    const bytes = await readDownloadBody(response, { mostBytes: limits.mostBytes, wantedBytes }, label);
    signal.throwIfAborted();
    const validator = validatorOf(response.headers);
    return bytes === undefined ? { kind: 'large', validator } : { kind: 'body', bytes, validator };
  } catch (error) {
    throw signal.aborted ? signal.reason : asDownloadError(error, label);
  } finally {
    clearTimeout(timer);
    // Closes what is still open of it.
    controller.abort();
  }
}

/** The response with the body, or 304. */
async function followRedirects(start: URL, attempt: Attempt): Promise<IncomingMessage> {
  const { label, limits } = attempt;
  let url = start;
  for (let redirects = 0; redirects <= limits.mostRedirects; redirects += 1) {
    const response = await sendRequest(url, attempt);
    if (![301, 302, 303, 307, 308].includes(response.statusCode ?? 0)) {
      checkStatus(response, attempt);
      return response;
    }
    url = redirectTarget(url, response.headers.location, label);
  }
  throw redirectError(label, `more than ${limits.mostRedirects} redirects`);
}

function sendRequest(url: URL, { limits, validator, signal, label, giveUp }: Attempt): Promise<IncomingMessage> {
  const headers = { accept: '*/*', 'accept-encoding': 'gzip', 'user-agent': 'pricectl', ...(validator && { [validator.header]: validator.value }) };
  return new Promise((resolve, reject) => {
    // Loaded when it is needed, and not by an import: src/tools/http.ts.
    const { get } = url.protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http');
    const request = get(url, { agent: false, headers, signal, timeout: limits.idleMs }, (response) => {
      // More bytes than its length says are an error of the request, which the response doesn't notice.
      request.on('error', (error) => giveUp(cutOffError(label, error)));
      resolve(response);
    });
    request.on('timeout', () => giveUp(slowError(label, `is silent for ${limits.idleMs / 1_000} s`)));
    request.on('error', reject);
  });
}

function checkStatus({ statusCode = 0, headers }: IncomingMessage, { label, validator }: Attempt): void {
  if (statusCode === 200 || (statusCode === 304 && validator !== undefined)) return;
  const isTransient = statusCode >= 500 || [408, 425, 429].includes(statusCode);
  const retryAfterMs = parseRetryAfter(headers['retry-after'], Date.now());
  throw new PricesDownloadError('PRICECTL_E_PRICES_STATUS', `${label}: the server answers with status ${statusCode}`, { isTransient, retryAfterMs });
}

function slowError(label: string, problem: string): PricesDownloadError {
  return new PricesDownloadError('PRICECTL_E_PRICES_SLOW', `${label}: the download ${problem}`, { isTransient: true });
}

/** Failed connections and malformed HTTP as download errors; anything without a system's code is thrown as it is. */
function asDownloadError(error: unknown, label: string): unknown {
  if (error instanceof PricectlError || systemCode(error) === undefined) return error;
  const reasons: Record<string, string> = {
    ECONNREFUSED: 'nobody listens there',
    ECONNRESET: 'the connection was reset',
    EAI_AGAIN: 'its host can not be looked up at the moment',
    ENOTFOUND: 'there is no such host',
  };
  const reason = reasons[systemCode(error) ?? ''] ?? escapeControls(String(error));
  return new PricesDownloadError('PRICECTL_E_PRICES_UNREACHABLE', `can't download ${label}: ${reason}`, { isTransient: true, cause: error });
}
