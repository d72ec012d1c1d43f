import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliverPrices } from './prices-delivery.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pricectl-delivery-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const { signal } = new AbortController();

async function write(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `${randomBytes(6).toString('hex')}.txt`);
  await writeFile(path, content);
  return path;
}

function rowsOf(count: number, toRow: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `${toRow(index)}\n`).join('');
}

test.each([
  ['as people write it', 'A,1\nB,2.50\n'],
  ['without a last line feed', 'A,1\nB,2.50'],
  ['as Windows writes it', 'A,1\r\nB,2.50\r\n'],
  ['with ids of many languages', 'ä€😀,1\nx\u0301\u00A0\uFFFD,2\n'],
])('a small list %s is delivered as it is, byte for byte', async (_, text) => {
  const bytes = Buffer.from(text);
  const data = { rows: 2, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  expect(await deliverPrices(await write(bytes), signal)).toEqual({ kind: 'text', text, data });
});

test.each(['\uFEFFA,1\n', 'a\u2028b,1\n', 'a\u2029b,1\n', 'a\uFEFFb,1\n', 'a\uFFFEb,1\n'])(
  '%j has a character that would not arrive as it is, and is gzipped',
  async (text) => {
    const delivery = await deliverPrices(await write(text), signal);
    if (delivery.kind !== 'gzip') throw new Error(`it is delivered as ${delivery.kind}`);
    expect(gunzipSync(Buffer.from(delivery.base64, 'base64')).toString()).toBe(text);
    expect(delivery.data).toMatchObject({ rows: 1, bytes: Buffer.byteLength(text) });
  },
);

test('a list above 64 KiB is gzipped, and what describes it is still the list itself', async () => {
  const text = rowsOf(50_000, (index) => `P${index},${index % 100}.50`);
  const delivery = await deliverPrices(await write(text), signal);
  if (delivery.kind !== 'gzip') throw new Error(`it is delivered as ${delivery.kind}`);
  expect(gunzipSync(Buffer.from(delivery.base64, 'base64')).equals(Buffer.from(text))).toBe(true);
  expect(delivery.data).toEqual({ rows: 50_000, bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') });
});

test('a list that is gzipped already is delivered as it is', async () => {
  const packed = gzipSync('P124,49.5\n');
  const delivery = await deliverPrices(await write(packed), signal);
  expect(delivery).toMatchObject({ kind: 'gzip', base64: packed.toString('base64'), data: { rows: 1, bytes: 10 } });
  const tooLarge = gzipSync(rowsOf(60_000, () => `${randomBytes(16).toString('hex')},1`));
  await expect(deliverPrices(await write(tooLarge), signal)).rejects.toMatchObject({ code: 'PRICECTL_E_PRICES_TOO_LARGE' });
});

test('the border between the two is 65,536 bytes', async () => {
  const text = rowsOf(256, (index) => `${String(index).padStart(253, '0')},1`);
  expect(await deliverPrices(await write(text), signal)).toMatchObject({ kind: 'text', data: { bytes: 65_536 } });
  expect(await deliverPrices(await write(`${text}\n`), signal)).toMatchObject({ kind: 'gzip', data: { bytes: 65_537 } });
});

test('what is more than 1 MiB gzipped is refused with what to do instead', async () => {
  const path = await write(rowsOf(60_000, () => `${randomBytes(16).toString('hex')},1`));
  await expect(deliverPrices(path, signal)).rejects.toMatchObject({
    kind: 'usage',
    code: 'PRICECTL_E_PRICES_TOO_LARGE',
    message: expect.stringContaining(path),
    hints: [expect.stringContaining('--prices https://')],
  });
});

test('a list that is none is not delivered', async () => {
  await expect(deliverPrices(await write('A,1\nB,abc\n'), signal)).rejects.toMatchObject({ code: 'PRICECTL_E_PRICES_INVALID', line: 2 });
  await expect(deliverPrices(join(folder, 'nowhere.txt'), signal)).rejects.toMatchObject({ code: 'PRICECTL_E_FILE_ENOENT' });
});

test('a URL is left to the pods', async () => {
  expect(await deliverPrices('https://prices.example.test:8443/list?format=csv', signal)).toEqual({
    kind: 'url',
    url: 'https://prices.example.test:8443/list?format=csv',
  });
});

test.each(['https://user:pw1@prices.example.test/list', 'https://user@prices.example.test/list'])('%s would be a secret in the open', async (url) => {
  const error: unknown = await deliverPrices(url, signal).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ kind: 'usage', code: 'PRICECTL_E_PRICES_SECRET_URL' });
  expect(JSON.stringify(error) + String(error)).not.toMatch(/user@|pw1/);
});

test('an abort ends it with its reason', async () => {
  const reason = new Error('enough');
  await expect(deliverPrices(await write('A,1\n'), AbortSignal.abort(reason))).rejects.toBe(reason);
});
