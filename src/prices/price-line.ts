/** Most bytes of an id. */
export const maxIdBytes = 256;

/** Most digits of a price before its point. */
export const maxWholeDigits = 15;

/** Most digits of a price behind its point. */
export const maxDecimals = 6;

/** Code of the byte that ends a line; the end of a file counts as one. */
export const lineFeed = 0x0a;

/** Code of the byte that may stand before a line feed. */
export const carriageReturn = 0x0d;

/** Code of the byte between id and price. */
export const comma = 0x2c;

const point = 0x2e;
const del = 0x7f;

/** What the functions below return for bytes that aren't what they look for. */
export const notFound = -1;

/**
 * The position of the comma behind the id that starts at `start`, or `notFound`. An id is 1 to 256 bytes without control characters, that
 * is all of Unicode's category Cc: a terminal may obey C1 characters (U+0080 to U+009F) as it does C0. The bytes must be valid UTF-8.
 */
export function findIdEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    const byte = bytes[at] ?? lineFeed;
    if (byte === comma) break;
    if (byte < 0x20 || byte === del || (byte === 0xc2 && (bytes[at + 1] ?? 0) < 0xa0)) return notFound;
    at += 1;
  }
  return at === start || at - start > maxIdBytes ? notFound : at;
}

/** The position behind the price that starts at `start`, or `notFound`. */
export function findPriceEnd(bytes: Uint8Array, start: number): number {
  const end = findDigitsEnd(bytes, start, maxWholeDigits);
  return end !== notFound && bytes[end] === point ? findDigitsEnd(bytes, end + 1, maxDecimals) : end;
}

/** The start of the line behind a line end (LF, CRLF or the end of the file) at `at`; `notFound` when there is no line end. */
export function findNextLine(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] ?? lineFeed;
  if (byte === lineFeed) return at + 1;
  return byte === carriageReturn && (bytes[at + 1] ?? lineFeed) === lineFeed ? at + 2 : notFound;
}

/** The start of the first line that isn't blank, or isn't before `limit`, at or behind the line that starts at `start`. */
export function skipBlankLines(bytes: Uint8Array, start: number, limit: number): number {
  const end = Math.min(limit, bytes.length);
  let at = start;
  while (at < end) {
    const next = findNextLine(bytes, at);
    if (next === notFound) return at;
    at = next;
  }
  return at;
}

/** Where the lines of a file start: behind its byte order mark if it has one. */
export function findFirstLine(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** The position behind 1 to `most` digits at `start`, or `notFound`. */
function findDigitsEnd(bytes: Uint8Array, start: number, most: number): number {
  let at = start;
  while (isDigit(bytes[at])) at += 1;
  return at === start || at - start > most ? notFound : at;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
