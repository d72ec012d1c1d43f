const zero = 48;
const nine = 57;
const space = 32;
const tab = 9;
const caseBit = 32;

/** The most digits of a length: below 2^53 in decimal and in hexadecimal. */
const maxDecimalDigits = 15;
const maxHexadecimalDigits = 13;

/** Index of the first byte from `start` on that is no space or tab, or `end`. */
export function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] === space || bytes[at] === tab)) at++;
  return at;
}

/** Index after the last byte before `end` that is no space or tab, or `start`. */
export function skipBlanksBack(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && (bytes[at - 1] === space || bytes[at - 1] === tab)) at--;
  return at;
}

/** Whether the bytes are the given lower-case ASCII text, in any case. */
export function equalsIgnoreCase(bytes: Uint8Array, start: number, end: number, lowerCase: string): boolean {
  if (end - start !== lowerCase.length) return false;
  for (let at = 0; at < lowerCase.length; at++) {
    const byte = bytes[start + at] ?? 0;
    const isUpperCase = byte >= 65 && byte <= 90;
    if ((isUpperCase ? byte | caseBit : byte) !== lowerCase.charCodeAt(at)) return false;
  }
  return true;
}

/** A number of decimal digits and nothing else, or -1. */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  if (start === end || end - start > maxDecimalDigits) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < zero || byte > nine) return -1;
    value = value * 10 + byte - zero;
  }
  return value;
}

/** A number of hexadecimal digits and nothing else, or -1. */
export function parseHexadecimal(bytes: Uint8Array, start: number, end: number): number {
  if (start === end || end - start > maxHexadecimalDigits) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = hexadecimalDigit(bytes[at] ?? 0);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function hexadecimalDigit(byte: number): number {
  if (byte >= zero && byte <= nine) return byte - zero;
  const letter = byte | caseBit;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** The status of `HTTP/1.x 200` with or without a reason behind it, or -1. */
export function parseStatusLine(bytes: Uint8Array, start: number, end: number): number {
  const versionEnd = start + 'http/1.x'.length;
  const statusEnd = versionEnd + ' 200'.length;
  if (statusEnd > end || !equalsIgnoreCase(bytes, start, versionEnd - 1, 'http/1.')) return -1;
  if (parseDecimal(bytes, versionEnd - 1, versionEnd) < 0 || bytes[versionEnd] !== space) return -1;
  if (statusEnd < end && bytes[statusEnd] !== space) return -1;
  const status = parseDecimal(bytes, versionEnd + 1, statusEnd);
  return status >= 100 ? status : -1;
}
