import { isUtf8 } from 'node:buffer';
import { PricesInvalidError } from './errors.ts';
import { carriageReturn, comma, findIdEnd, lineFeed, maxDecimals, maxIdBytes, maxWholeDigits, notFound } from './price-line.ts';
import { quoteBytes } from './quote.ts';

/** The error for the line that starts at `start` and has no valid id and price. */
export function lineError(bytes: Uint8Array, start: number, source: string): PricesInvalidError {
  return new PricesInvalidError(source, lineNumberAt(bytes, start), describeProblem(lineAt(bytes, start)));
}

/** The error for the line at `start` whose id stands in the line at `earlier` already. */
export function duplicateError(bytes: Uint8Array, start: number, earlier: number, source: string): PricesInvalidError {
  const id = bytes.subarray(start, findIdEnd(bytes, start));
  return new PricesInvalidError(source, lineNumberAt(bytes, start), `id ${quoteBytes(id)} is in line ${lineNumberAt(bytes, earlier)} already`);
}

/** The start of the first line that isn't valid UTF-8, or the length of the bytes when all are. `onTurn` is called for each MiB. */
export function findInvalidUtf8(bytes: Uint8Array, onTurn?: () => void): number {
  let start = 0;
  // Lines can be judged apart, for no character contains a line feed: many at a time, then one by one where it is.
  for (const step of [1_048_576, 1]) {
    while (start < bytes.length) {
      const feed = bytes.indexOf(lineFeed, start + step - 1);
      const end = feed === -1 ? bytes.length : feed + 1;
      if (!isUtf8(bytes.subarray(start, end))) break;
      start = end;
      onTurn?.();
    }
  }
  return start;
}

function describeProblem(line: Uint8Array): string {
  if (!isUtf8(line)) return `${quoteBytes(line)} is not UTF-8 text`;
  const end = line.indexOf(comma);
  if (end === -1) return `${quoteBytes(line)} has no comma`;
  const id = line.subarray(0, end);
  if (id.length === 0) return 'the id is empty';
  if (id.length > maxIdBytes) return `id ${quoteBytes(id)} is ${id.length} bytes long, at most ${maxIdBytes} are allowed`;
  if (findIdEnd(line, 0) === notFound) return `id ${quoteBytes(id)} has a control character`;
  return describePriceProblem(line.subarray(end + 1));
}

function describePriceProblem(price: Uint8Array): string {
  if (price.length === 0) return 'the price is empty';
  const text = Buffer.from(price.subarray(0, 1_000)).toString('latin1');
  const [, whole, decimals = ''] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined) return `price ${quoteBytes(price)} is not a number`;
  if (whole.length > maxWholeDigits) return `price ${quoteBytes(price)} has more than ${maxWholeDigits} digits before the point`;
  if (decimals.length > maxDecimals) return `price ${quoteBytes(price)} has more than ${maxDecimals} decimals`;
  throw new Error(`the line was refused and has nothing wrong: price ${quoteBytes(price)}`);
}

/** The line that starts at `start`, without its end. */
function lineAt(bytes: Uint8Array, start: number): Uint8Array {
  const feed = bytes.indexOf(lineFeed, start);
  const end = feed === -1 ? bytes.length : feed;
  return bytes.subarray(start, end > start && bytes[end - 1] === carriageReturn ? end - 1 : end);
}

function lineNumberAt(bytes: Uint8Array, position: number): number {
  let number = 1;
  for (let at = bytes.indexOf(lineFeed); at !== -1 && at < position; at = bytes.indexOf(lineFeed, at + 1)) number += 1;
  return number;
}
