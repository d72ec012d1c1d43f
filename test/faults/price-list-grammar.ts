import type { Chooser } from './fuzz.ts';

const idPieces = ['P', 'a', '7', ' ', '"', "'", '.', ';', '=', '%', '\\', '/', 'é', '€', '𝄞', '\uFEFF', '\u2028', '\u00A0', '\uFFFD', '__proto__', 'constructor', 'toString'] as const;
const badIdPieces = ['\0', '\t', '\r', '\x1b[31m', '\x7f', '\u0080', '\u009F'] as const;
const oddPrices = ['', '.', '.5', '5.', '-1', '+1', '1e3', '1,5', '1.2.3', ' 1', '1 ', '1_000', 'NaN', 'abc', '١', '½', '0x10', '1\r', '1\0', '1\t', '1.\r', '1\u0085'] as const;
const oddLines = [',', ',,', 'x', ' ', '\t', 'x,', ',1', '\r', '\r\r', '\uFEFF', '#comment', 'ID,PRICE', '\x1f'] as const;
const badBytes = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf4, 0x90, 0x80, 0x80], [0x80], [0x1f, 0x8b]] as const;
const usefulBytes = [0x00, 0x09, 0x0a, 0x0d, 0x20, 0x2c, 0x2e, 0x30, 0x39, 0x3a, 0x2f, 0x7f, 0x80, 0x9f, 0xa0, 0xc2, 0xff] as const;

/** Makes a price list: most lines are rows, some are nearly. The share of what is odd differs from list to list, so that many are valid. */
export function makePriceList(choose: Chooser): Buffer {
  const { chance, some, pick } = choose;
  const lines = chance(0.001) ? 900 + choose.below(2_500) : chance(0.03) ? 1 + choose.below(200) : choose.below(8);
  const oddShare = chance(0.5) ? 0 : 2 / (lines + 1);
  const lineEnd = pick(['\n', '\n', '\r\n']);
  const parts = some(lines, lines, () => {
    const line = chance(oddShare) ? makeOddLine(choose) : chance(0.05) ? '' : makeRow(choose, lines);
    return `${line}${chance(0.05) ? pick(['\n', '\r\n', '\n\n', '\r\n\r\n']) : lineEnd}`;
  });
  const text = `${chance(0.1) ? '\uFEFF' : ''}${parts.join('')}`;
  const list = Buffer.from(chance(0.3) ? text.replace(/\r?\n$/, pick(['', '\r'])) : text);
  return chance(0.25) ? mutate(list, choose) : list;
}

function makeRow(choose: Chooser, lines: number): string {
  return `${makeId(choose, lines)},${makePrice(choose)}`;
}

/** Ids are mostly unlike in a list: a number says which line they could be of. */
function makeId(choose: Chooser, lines: number): string {
  const { below, chance, pick, some } = choose;
  if (chance(0.01)) return pick(['x', '€', '𝄞']).repeat(pick([63, 64, 85, 86, 128, 254, 255, 256, 257]));
  const text = chance(0.3) ? some(0, 4, () => pick(idPieces)).join('') : 'P';
  return `${text}${below(lines * (lines + 20) * 10)}`;
}

function makePrice({ below, chance, pick, some }: Chooser): string {
  const digits = (from: number, to: number) => some(from, to, () => below(10)).join('');
  const whole = chance(0.02) ? digits(15, 15) : digits(1, 4);
  return chance(0.6) ? `${whole}.${digits(1, pick([1, 2, 6]))}` : whole;
}

function makeOddLine(choose: Chooser): string {
  const { chance, pick, some } = choose;
  if (chance(0.3)) return pick(oddLines);
  if (chance(0.4)) return `${makeId(choose, 9)},${pick(oddPrices)}`;
  if (chance(0.3)) return `${makeId(choose, 9)},${'9'.repeat(pick([14, 15, 16, 17, 1_200]))}${pick(['', '.', '.0', '.123456', '.1234567'])}`;
  if (chance(0.5)) return `${makeId(choose, 9)}${pick(badIdPieces)}${pick(['', 'x'])},${makePrice(choose)}`;
  return `P1,1${pick(['\n', '\r\n'])}${some(0, 3, () => makeRow(choose, 9)).join('\n')}\nP1,2`;
}

/** Changes bytes here and there. */
function mutate(list: Buffer, choose: Chooser): Buffer {
  const { below, chance, pick, some } = choose;
  let bytes = [...list];
  for (const change of some(1, 3, () => below(5))) {
    const at = below(bytes.length + 1);
    if (change === 0) bytes[at] = chance(0.7) ? pick(usefulBytes) : below(256);
    if (change === 1) bytes.splice(at, 0, ...pick(badBytes));
    if (change === 2) bytes.splice(at, 1 + below(3));
    if (change === 3) bytes = bytes.slice(0, at);
    if (change === 4) bytes.splice(at, 0, ...bytes.slice(below(at + 1), at));
  }
  return Buffer.from(bytes);
}
