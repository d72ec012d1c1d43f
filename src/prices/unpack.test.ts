import { deflateRawSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { listOf, toBuffer } from './prices.fixture.ts';
import { unpackPrices } from './unpack.ts';

const list = listOf(50_000);
const packed = gzipSync(list);

async function unpack(bytes: string | Uint8Array, mostBytes?: number): Promise<string> {
  return Buffer.from(await unpackPrices(toBuffer(bytes), 'the list', mostBytes)).toString();
}

test('what is not gzipped is the very same memory', async () => {
  for (const content of ['', 'a', list, '\u001fa,1\n']) {
    const bytes = toBuffer(content);
    expect(await unpackPrices(bytes, 'the list')).toBe(bytes);
  }
});

test.each<[string, Uint8Array, string]>([
  ['one member', packed, list],
  ['several members', Buffer.concat([packed, gzipSync('x,1\n'), gzipSync('y,2\n')]), `${list}x,1\ny,2\n`],
  ['a member and padding', Buffer.concat([packed, Buffer.alloc(512)]), list],
  ['nothing packed', gzipSync(''), ''],
  ['no compression', gzipSync(list, { level: 0 }), list],
  ['more than one slice', gzipSync(listOf(400_000), { level: 0 }), listOf(400_000)],
])('unpacks %s', async (_, bytes, expected) => {
  expect(await unpack(bytes)).toBe(expected);
});

test.each<[string, Uint8Array, string]>([
  ['without its end', packed.subarray(0, -1), 'cut off'],
  ['without its second half', packed.subarray(0, packed.length / 2), 'cut off'],
  ['of which only the start is there', packed.subarray(0, 2), 'cut off'],
  ['with another checksum', Buffer.concat([packed.subarray(0, -8), Buffer.alloc(4), packed.subarray(-4)]), 'damaged'],
  ['with another length', Buffer.concat([packed.subarray(0, -4), Buffer.alloc(4)]), 'damaged'],
  ['with something behind it', Buffer.concat([packed, Buffer.from('x,1\n')]), 'damaged'],
  ['that is none', Buffer.concat([Buffer.from([0x1f, 0x8b]), deflateRawSync(list)]), 'damaged'],
])('refuses gzip data %s', async (_, bytes, problem) => {
  await expect(unpack(bytes)).rejects.toThrow(expect.objectContaining({ name: 'PricesInvalidError', line: null, problem: `its gzip data is ${problem}` }));
});

test('stops where a list is larger than it may be', async () => {
  expect(await unpack(packed, list.length)).toBe(list);
  await expect(unpack(packed, list.length - 1)).rejects.toThrow(expect.objectContaining({ name: 'PricesInvalidError', problem: expect.stringContaining('larger') }));
  // 64 MiB of zeros, whose length at the end is told as 3.
  const bomb = gzipSync(Buffer.alloc(64 * 1_048_576));
  bomb.writeUInt32LE(3, bomb.length - 4);
  await expect(unpack(bomb, 1_048_576)).rejects.toThrow(expect.objectContaining({ problem: expect.stringContaining('larger') }));
});
