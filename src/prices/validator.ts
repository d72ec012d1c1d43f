import type { IncomingHttpHeaders } from 'node:http';

/** A request header that asks for content only when it is another than we have, and its value. */
export interface Validator {
  readonly header: 'if-none-match' | 'if-modified-since';
  readonly value: string;
}

/**
 * The validator of a response: its ETag, else its Last-Modified when that is at least a second before its Date. Otherwise the content may have
 * changed again within the same second (RFC 9110, section 8.8.2.2). Undefined when the response has neither.
 */
export function validatorOf(headers: IncomingHttpHeaders): Validator | undefined {
  const { etag, 'last-modified': lastModified, date } = headers;
  if (etag !== undefined) return { header: 'if-none-match', value: etag };
  if (lastModified === undefined || date === undefined) return undefined;
  return Date.parse(date) - Date.parse(lastModified) >= 1_000 ? { header: 'if-modified-since', value: lastModified } : undefined;
}

/** The wait that `Retry-After` asks for in ms, from seconds or a date (RFC 9110, section 10.2.3); null when it says nothing of use. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return ms >= 0 && Number.isFinite(ms) ? ms : null;
}
