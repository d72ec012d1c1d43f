import { isUtf8 } from 'node:buffer';

/** What a price list must give: its prices by id in the order of the list, or the line of its first problem and a part of what is said of it. */
export type Judgement =
  | { readonly kind: 'table'; readonly prices: ReadonlyMap<string, string> }
  | { readonly kind: 'invalid'; readonly line: number | null; readonly problem: string };

const rowPattern = /^(?<id>[^,\p{Cc}]+),(?<price>\d{1,15}(?:\.\d{1,6})?)$/u;

/** Judges a price list by its grammar, as simply as can be: line by line, by a pattern, into a map. */
export function judgePriceList(list: Buffer): Judgement {
  const hasByteOrderMark = list.subarray(0, 3).equals(Buffer.from('\uFEFF'));
  const lines = list.toString('latin1', hasByteOrderMark ? 3 : 0).split('\n');
  const prices = new Map<string, string>();
  const lineOf = new Map<string, number>();
  for (const [index, raw] of lines.entries()) {
    const line = Buffer.from(raw.replace(/\r$/, ''), 'latin1');
    if (line.length === 0) continue;
    const problem = problemOf(line);
    if (problem !== undefined) return { kind: 'invalid', line: index + 1, problem };
    const { id = '', price = '' } = rowPattern.exec(line.toString())?.groups ?? {};
    const earlier = lineOf.get(id);
    if (earlier !== undefined) return { kind: 'invalid', line: index + 1, problem: `is in line ${earlier} already` };
    lineOf.set(id, index + 1);
    prices.set(id, price);
  }
  return prices.size === 0 ? { kind: 'invalid', line: 1, problem: 'no prices' } : { kind: 'table', prices };
}

/** What is said of a line that is no row; undefined for a row. */
function problemOf(line: Buffer): string | undefined {
  if (!isUtf8(line)) return 'not UTF-8';
  const text = line.toString();
  const comma = text.indexOf(',');
  if (comma === -1) return 'has no comma';
  const [id, price] = [text.slice(0, comma), text.slice(comma + 1)];
  if (id === '') return 'the id is empty';
  if (Buffer.byteLength(id) > 256) return 'at most 256 are allowed';
  if (/\p{Cc}/u.test(id)) return 'has a control character';
  if (price === '') return 'the price is empty';
  if (rowPattern.test(text)) return undefined;
  // Of a price that is longer than a screen the beginning says enough.
  const start = price.slice(0, 1_000);
  if (/^\d{16,}(\.\d+)?$/.test(start)) return 'more than 15 digits';
  return /^\d+\.\d{7,}$/.test(start) ? 'more than 6 decimals' : 'is not a number';
}
