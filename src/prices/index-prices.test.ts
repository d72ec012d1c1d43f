import { expect, test } from 'vitest';
import { PricesInvalidError } from './errors.ts';
import { countMostRows, type IndexOptions } from './index-prices.ts';
import { createRandom, listOf, tableOf } from './prices.fixture.ts';

/** The error of a list that is no good. */
function errorOf(content: string | Uint8Array, options?: IndexOptions): PricesInvalidError {
  try {
    tableOf(content, options);
  } catch (error) {
    if (error instanceof PricesInvalidError) return error;
    throw error;
  }
  throw new Error('the list is valid');
}

function isValid(content: string): boolean {
  try {
    return tableOf(content).rows === 1;
  } catch {
    return false;
  }
}

const bytes = (...values: number[]) => Uint8Array.from(values);

test.each<[string, string | Uint8Array, number, RegExp]>([
  ['an empty file', '', 1, /no prices/],
  ['a byte order mark alone', '\uFEFF', 1, /no prices/],
  ['blank lines alone', '\n\r\n\n', 1, /no prices/],
  ['no comma', 'a,1\nb 2\n', 2, /"b 2" has no comma/],
  ['spaces alone', 'a,1\n  \n', 2, /no comma/],
  ['no comma in the last line', 'a,1\nb', 2, /"b" has no comma/],
  ['an empty id', ',1\n', 1, /id is empty/],
  ['an empty price', 'a,1\n\r\n\nb,\n', 4, /price is empty/],
  ['an empty price at the end', 'a,', 1, /price is empty/],
  ['a price that is a word', 'a,1\nb,2\nc,abc\n', 3, /price "abc" is not a number$/],
  ['a price with a comma', 'a,1,50\n', 1, /price "1,50" is not a number/],
  ['a negative price', 'a,-1\n', 1, /"-1" is not a number/],
  ['a price with a sign', 'a,+1\n', 1, /not a number/],
  ['an exponent', 'a,1e3\n', 1, /not a number/],
  ['a price that starts with the point', 'a,.5\n', 1, /not a number/],
  ['a price that ends with the point', 'a,5.\n', 1, /not a number/],
  ['two points', 'a,1.2.3\n', 1, /not a number/],
  ['a space before the price', 'a, 1\n', 1, /" 1" is not a number/],
  ['a space behind the price', 'a,1 \n', 1, /"1 " is not a number/],
  ['digits of another script', 'a,١\n', 1, /not a number/],
  ['16 digits', 'a,1234567890123456\n', 1, /more than 15 digits/],
  ['7 decimals', 'a,1.1234567\n', 1, /more than 6 decimals/],
  ['an id of 257 bytes', `a,1\n${'b'.repeat(257)},2\n`, 2, /257 bytes/],
  ['an id of 86 characters and 258 bytes', `${'€'.repeat(86)},2\n`, 1, /258 bytes/],
  ['a tab in an id', 'a\tb,1\n', 1, /control character/],
  ['NUL in an id', 'a\0b,1\n', 1, /control character/],
  ['DEL in an id', 'a\x7f,1\n', 1, /control character/],
  ['a C1 character in an id', 'a\u009b31m,1\n', 1, /control character/],
  ['a carriage return in an id', 'a\rb,1\n', 1, /control character/],
  ['lines that end with a carriage return', 'a,1\rb,2\r', 1, /not a number/],
  ['two carriage returns', 'a,1\r\r\n', 1, /not a number/],
  ['a duplicate', 'a,1\nb,2\n\na,1\n', 4, /"a" is in line 1 already/],
  ['a duplicate behind CRLF and a byte order mark', '\uFEFFa,1\r\nb,2\r\na,3\r\n', 3, /line 1 already/],
  ['a byte that is no UTF-8', bytes(0x61, 0x2c, 0x31, 0x0a, 0x62, 0xff, 0x2c, 0x32), 2, /not UTF-8/],
  ['an overlong form', bytes(0xc0, 0xaf, 0x2c, 0x31), 1, /not UTF-8/],
  ['a surrogate', bytes(0xed, 0xa0, 0x80, 0x2c, 0x31), 1, /not UTF-8/],
  ['a character cut off', bytes(0x61, 0x2c, 0x31, 0x0a, 0xe2, 0x82), 2, /not UTF-8/],
  ['UTF-16', new Uint8Array(Buffer.from('\uFEFFa,1\nb,2\n', 'utf16le')), 1, /not UTF-8/],
])('refuses %s', (_, content, line, problem) => {
  const error = errorOf(content);
  expect(error).toMatchObject({ code: 'PRICECTL_E_PRICES_INVALID', kind: 'negative', source: 'prices.txt', line, message: `prices.txt: line ${line}: ${error.problem}` });
  expect(error.problem).toMatch(problem);
});

test('accepts ids of 256 bytes', () => {
  expect(tableOf(`${'a'.repeat(256)},1\n${'€'.repeat(85)}b,2\n`).rows).toBe(2);
});

test('tells the first problem, whatever kind it is and wherever the second one lies', () => {
  const problems = ['no comma', 'x,abc', 'P0,1', ',1', 'x,', 'a\tb,1'];
  for (const first of problems) {
    for (const second of problems) expect(errorOf(`${listOf(10)}${first}\n${listOf(2_000).slice(58)}${second}\n`)).toMatchObject({ line: 11 });
  }
  const invalid = Buffer.concat([Buffer.from('a,1\nb,x\n'), bytes(0xff, 0x0a)]);
  expect(errorOf(invalid)).toMatchObject({ line: 2 });
});

test('misreads nothing where windows meet', () => {
  const options = { windowBits: 11 };
  for (let shift = 0; shift < 16; shift += 1) {
    for (const edge of [2_048, 3_072]) {
      const before = '\n'.repeat(edge - 8 + shift);
      const lines = before.length + 1;
      expect(errorOf(`${before}\rx,1\n`, options)).toMatchObject({ line: lines, problem: expect.stringContaining('control character') });
      expect(errorOf(`${before}${'x'.repeat(9_999)},1\n`, options)).toMatchObject({ line: lines, problem: expect.stringContaining('9999 bytes') });
      expect(errorOf(`a,1\n${before}a,2\n`, options)).toMatchObject({ line: lines + 1, problem: 'id "a" is in line 1 already' });
      expect(errorOf(`a,1\n${before.slice(4)}\rx,1\n`, options)).toMatchObject({ line: lines - 3, problem: expect.stringContaining('control character') });
      const table = tableOf(`a,1${'\r\n'.repeat((edge - 8 + shift) / 2)}b,2.50\r\n\r\nc,3`, options);
      expect(['a', 'b', 'c'].map((id) => table.lookup(id))).toEqual(['1', '2.50', '3']);
      expect([0, 1, 2].map((row) => table.idAt(row))).toEqual(['a', 'b', 'c']);
    }
  }
});

test('takes the longest line wherever it lies', () => {
  const id = '€'.repeat(85);
  for (let shift = 0; shift < 300; shift += 1) {
    const table = tableOf(`${'\n'.repeat(2_048 - shift)}${id}x,123456789012345.123456\r\n${id}y,1`, { windowBits: 11 });
    expect([table.lookup(`${id}x`), table.lookup(`${id}y`), table.idAt(1)]).toEqual(['123456789012345.123456', '1', `${id}y`]);
  }
});

test.each([1_023, 1_024, 1_025, 70_000])('sees a duplicate %d rows behind', (rows) => {
  expect(errorOf(`${listOf(rows)}P0,5\n`)).toMatchObject({ line: rows + 1, problem: 'id "P0" is in line 1 already' });
});

test('finds a bad byte in a long file', () => {
  const list = Buffer.from(listOf(200_000));
  const at = list.indexOf('P150000,');
  list[at] = 0xff;
  expect(errorOf(list)).toMatchObject({ line: 150_001 });
});

test('shows little of a binary file, and nothing that a terminal acts on', () => {
  const random = createRandom(7);
  for (let round = 0; round < 300; round += 1) {
    const content = Uint8Array.from({ length: 1 + Math.floor(random() * 3_000) }, () => Math.floor(random() * 256));
    const { message } = errorOf(content);
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(message.length).toBeLessThan(400);
  }
});

test('takes memory for rows that may be, not for commas', () => {
  const counts = [listOf(100), 'a,1\nb,2\nc,3'].map((content) => countMostRows(new TextEncoder().encode(content)));
  expect(counts).toEqual([100, 3]);
  expect(countMostRows(new Uint8Array(40).fill(0x2c))).toBe(10);
});

test('judges lines as the pattern of the format does', () => {
  const pattern = /^[^,\p{Cc}]+,\d{1,15}(\.\d{1,6})?$/u;
  const alphabet = ['a', '1', '2', '.', ',', 'é', '\t', '\u0085', ' '];
  const random = createRandom(3);
  for (let round = 0; round < 5_000; round += 1) {
    const line = Array.from({ length: 1 + Math.floor(random() * 7) }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
    expect(isValid(line), JSON.stringify(line)).toBe(pattern.test(line));
  }
});
