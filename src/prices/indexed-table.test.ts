import { expect, test } from 'vitest';
import { halfSipHash, type HashKey } from './half-sip-hash.ts';
import { createRandom, listOf, tableOf, toBuffer } from './prices.fixture.ts';
import { countSlots, createPositionMask, firstSlot, tagOf } from './slots.ts';
import { estimateTableMemory } from './table-memory.ts';

function hashOf(id: string, key: HashKey): number {
  const bytes = new DataView(toBuffer(id));
  return halfSipHash(bytes, 0, bytes.byteLength, key);
}

test("finds the seed's prices as they stand in the file", () => {
  const table = tableOf('P123,19.99\nP124,49.5\nP125,10.0\nP126,5.75\n');
  expect(['P123', 'P124', 'P125', 'P126'].map((id) => table.lookup(id))).toEqual(['19.99', '49.5', '10.0', '5.75']);
  expect(table).toMatchObject({ rows: 4, bytes: 41 });
});

test.each([
  ['a byte order mark', '\uFEFFa,1\nb,2\n'],
  ['CRLF', 'a,1\r\nb,2\r\n'],
  ['no end of the last line', 'a,1\nb,2'],
  ['half an end of the last line', 'a,1\nb,2\r'],
  ['blank lines everywhere', '\n\r\n\na,1\n\n\r\nb,2\n\n\r\n'],
  ['a byte order mark before blank lines', '\uFEFF\r\n\na,1\nb,2\n'],
])('accepts %s', (_, content) => {
  const table = tableOf(content);
  expect(table.rows).toBe(2);
  expect([table.lookup('a'), table.lookup('b')]).toEqual(['1', '2']);
  expect([table.idAt(0), table.idAt(1)]).toEqual(['a', 'b']);
});

test.each(['0', '5.50', '007', '123456789012345.123456', '0.000000'])('returns the price %s as it is', (price) => {
  expect(tableOf(`id,${price}`).lookup('id')).toBe(price);
});

const strangeIds = [
  '__proto__',
  'constructor',
  'hasOwnProperty',
  ' a b ',
  '"quoted"',
  'ü€𝄞',
  '\uFFFD',
  '\u00a0',
  'e\u0301',
  '\u00e9',
  '日本語',
  '\uFEFFa',
  '%zz',
  '5',
  '.',
  'a'.repeat(256),
  '€'.repeat(85),
  '𝄞'.repeat(64),
];

test('takes ids byte for byte', () => {
  const table = tableOf(strangeIds.map((id, row) => `${id},${row}\n`).join('').replace(/^/, 'first,99\n'));
  for (const [row, id] of strangeIds.entries()) {
    expect(table.lookup(id)).toBe(String(row));
    expect(table.idAt(row + 1)).toBe(id);
  }
});

test.each([
  '',
  'first,',
  'first,99',
  'first\n',
  'firs',
  'first ',
  'FIRST',
  'a'.repeat(255),
  'a'.repeat(257),
  'a'.repeat(10_000),
  '€'.repeat(86),
  '𝄞'.repeat(65),
  'e\u0301\u0301',
  '\ud834',
  '\udd1e',
  'a\ud834',
  'toString',
].map((id) => [id.slice(0, 20), id] as const))('does not know %j', (_, id) => {
  expect(tableOf(strangeIds.map((known, row) => `${known},${row}\n`).join('').replace(/^/, 'first,99\n')).lookup(id)).toBeUndefined();
});

test.each([undefined, 10, 11, 12])('agrees with a Map on random tables, with windows of %j bits', (windowBits) => {
  const random = createRandom(1);
  const alphabet = ['a', 'b', 'c', ' ', '-', 'ü', '€', '𝄞'];
  for (let round = 0; round < 50; round += 1) {
    const longest = random() < 0.2 ? 64 : 4;
    const randomId = () => Array.from({ length: 1 + Math.floor(random() * longest) }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
    const expected = new Map(Array.from({ length: 1 + Math.floor(random() * 700) }, () => [randomId(), (random() * 1e6).toFixed(Math.floor(random() * 7))]));
    const blank = () => (random() < 0.1 ? '\r\n' : '\n').repeat(random() < 0.9 ? 0 : 2 ** Math.floor(random() * 13));
    const table = tableOf(Array.from(expected, ([id, price]) => `${blank()}${id},${price}\n`).join(''), { windowBits });
    expect(table.rows).toBe(expected.size);
    expect(Array.from(expected.keys(), (id) => table.lookup(id))).toEqual([...expected.values()]);
    expect(Array.from({ length: table.rows }, (_, row) => table.idAt(row))).toEqual([...expected.keys()]);
    for (let miss = 0; miss < 200; miss += 1) {
      const id = randomId();
      expect(table.lookup(id)).toBe(expected.get(id));
    }
  }
});

test('tells ids apart whose hashes are the same', () => {
  const key: HashKey = [1, 2];
  const idsByHash = new Map<number, string>();
  const collisions: [string, string][] = [];
  for (let number = 0; collisions.length < 3; number += 1) {
    const id = `P${number}`;
    const hash = hashOf(id, key);
    const other = idsByHash.get(hash);
    if (other === undefined) idsByHash.set(hash, id);
    else collisions.push([other, id]);
  }
  const both = tableOf(collisions.map(([one, other]) => `${one},1\n${other},2\n`).join(''), { key });
  const ones = tableOf(collisions.map(([one]) => `${one},1\n`).join(''), { key });
  for (const [one, other] of collisions) {
    expect([both.lookup(one), both.lookup(other)]).toEqual(['1', '2']);
    expect([ones.lookup(one), ones.lookup(other)]).toEqual(['1', undefined]);
  }
});

test('does not take the beginning of an id for it, even where slot and tag are the same', () => {
  const key: HashKey = [1, 2];
  // So many blank lines leave 15 bits to the tag.
  const blank = '\n'.repeat(100_000);
  const mask = createPositionMask(blank.length);
  const slots = countSlots(1);
  const isAlike = (one: number, other: number) => firstSlot(one, slots) === firstSlot(other, slots) && tagOf(one, mask) === tagOf(other, mask);
  let number = 0;
  while (!isAlike(hashOf(`P${number}`, key), hashOf(`P${number}x`, key))) number += 1;
  const table = tableOf(`${blank}P${number}x,1\n`, { key });
  expect([table.lookup(`P${number}x`), table.lookup(`P${number}`)]).toEqual(['1', undefined]);
});

test('finds any row by its number, and refuses others', () => {
  const table = tableOf(listOf(1_000));
  for (const row of [0, 1, 255, 256, 257, 511, 512, 999]) expect(table.idAt(row)).toBe(`P${row}`);
  for (const row of [-1, 1_000, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => table.idAt(row)).toThrow(RangeError);
});

test('takes as much memory as estimated', () => {
  const table = tableOf(listOf(10_000));
  expect(table.memoryBytes).toBe(estimateTableMemory(table.bytes, table.rows));
  expect(estimateTableMemory(120_000)).toBe(estimateTableMemory(120_000, 10_000));
  expect(estimateTableMemory(198_900_000, 10_000_000)).toBeLessThan(1.8 * 198_900_000);
});

test('throws rather than call an id unknown after its memory was given back', () => {
  const table = tableOf('a,1\n');
  const buffers = table.giveBack();
  structuredClone(buffers, { transfer: buffers });
  expect(() => table.lookup('a')).toThrow('given back');
  expect(() => table.idAt(0)).toThrow('given back');
  expect(table).toMatchObject({ rows: 1, bytes: 4 });
});
