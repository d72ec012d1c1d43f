import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFakeTarget, type FakeTarget } from '../../test/fakes/fake-target.ts';
import { checkPrices } from './check-prices.ts';
import { chooseLoad } from './choose-load.ts';
import { resolveSettings } from './service-settings.ts';

const signal = new AbortController().signal;

async function withPrices(content: string, check: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl load '));
  try {
    const path = join(folder, 'file.txt');
    await writeFile(path, content);
    await check(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function targetWith(prices: string): FakeTarget {
  const target = createFakeTarget();
  target.running = resolveSettings({ port: 4_711 }, { running: undefined, defaultPrices: prices, target: 'local' });
  return target;
}

test('our service is asked for the ids of its own price list', () =>
  withPrices('A,1\n\nB,2\r\nC,3', async (path) => {
    const target = targetWith(path);
    expect(await chooseLoad({ url: undefined, idsFile: undefined }, target, signal)).toMatchObject({ url: 'http://127.0.0.1:4711', ids: ['A', 'B', 'C'], target });
  }));

test('of a long price list it takes rows at even distances', () =>
  withPrices(Array.from({ length: 20_000 }, (_, row) => `P${row},1\n`).join(''), async (path) => {
    const { ids } = await chooseLoad({ url: undefined, idsFile: undefined }, targetWith(path), signal);
    expect(ids).toHaveLength(10_000);
    expect([ids[0], ids[1], ids.at(-1)]).toEqual(['P0', 'P2', 'P19998']);
  }));

test('a URL that is ours counts as ours', () =>
  withPrices('A,1\n', async (path) => {
    const target = targetWith(path);
    expect(await chooseLoad({ url: 'http://127.0.0.1:4711/', idsFile: undefined }, target, signal)).toMatchObject({ ids: ['A'], target });
  }));

test('ids of a file win, and a foreign service needs them', () =>
  withPrices('X\r\nY\n\n', async (idsFile) => {
    const target = createFakeTarget();
    expect(await chooseLoad({ url: 'http://other', idsFile }, target, signal)).toMatchObject({ url: 'http://other', ids: ['X', 'Y'], target: undefined });
    await expect(chooseLoad({ url: 'http://other', idsFile: undefined }, target, signal)).rejects.toMatchObject({ kind: 'usage' });
  }));

test('no service, no file and no ids are told apart', () =>
  withPrices('\n', async (idsFile) => {
    const target = createFakeTarget();
    await expect(chooseLoad({ url: undefined, idsFile: undefined }, target, signal)).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_UP' });
    await expect(chooseLoad({ url: undefined, idsFile }, target, signal)).rejects.toMatchObject({ kind: 'usage' });
    await expect(chooseLoad({ url: undefined, idsFile: '/no/such' }, target, signal)).rejects.toMatchObject({ kind: 'environment' });
  }));

test('a way to the service that was opened for nothing is closed', async () => {
  const target = targetWith('/no/such');
  let isOpen = false;
  const connect = async () => {
    isOpen = true;
    return { url: 'http://127.0.0.1:1', warning: null, async [Symbol.asyncDispose]() { isOpen = false; } };
  };
  await expect(chooseLoad({ url: undefined, idsFile: undefined }, target, signal, connect)).rejects.toMatchObject({ kind: 'environment' });
  expect(isOpen).toBe(false);
  await withPrices('A,1\n', async (path) => {
    await using chosen = await chooseLoad({ url: undefined, idsFile: undefined }, targetWith(path), signal, connect);
    expect([chosen.url, isOpen]).toEqual(['http://127.0.0.1:1', true]);
  });
  expect(isOpen).toBe(false);
});

test('a price list is checked without a service', () =>
  withPrices('A,1\nA,2\n', async (path) => {
    expect(await checkPrices(path, signal)).toMatchObject({ valid: false, prices: null, problem: { line: 2, message: expect.stringMatching(/line 2/) } });
    await writeFile(path, 'A,1\n');
    expect(await checkPrices(path, signal)).toMatchObject({ valid: true, prices: { rows: 1, bytes: 4 }, problem: null });
  }));
