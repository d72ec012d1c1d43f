import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHttpClient } from '../tools/http.ts';
import { urlOf } from '../targets/not-up.ts';
import { askPrices } from './ask-prices.ts';

let server: Server;
let url: string;
let asked: (string | undefined)[];
const signal = new AbortController().signal;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url);
    const id = new URL(request.url ?? '', 'http://x').searchParams.get('product_id');
    response.statusCode = id === 'A' ? 200 : id === 'broken' ? 500 : 404;
    response.end(id === 'A' ? '5.50' : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

test('prices come in the order of the ids, unknown ones without', async () => {
  expect(await askPrices(url, ['B', 'A', '%zz'], createHttpClient(), signal)).toEqual({
    prices: [
      { id: 'B', price: null, found: false },
      { id: 'A', price: '5.50', found: true },
      { id: '%zz', price: null, found: false },
    ],
  });
});

test('an id longer than any price list has is unknown, without being sent', async () => {
  const id = 'é'.repeat(129);
  expect(await askPrices(url, [id], createHttpClient(), signal)).toEqual({ prices: [{ id, price: null, found: false }] });
  expect(asked).toEqual([]);
});

test('an empty id is refused before anything is asked', async () => {
  await expect(askPrices(url, ['A', ''], createHttpClient(), signal)).rejects.toMatchObject({ code: 'PRICECTL_E_EMPTY_ID' });
  expect(asked).toEqual([]);
});

test('an answer that is neither a price nor unknown is an error', async () => {
  await expect(askPrices(url, ['broken'], createHttpClient(), signal)).rejects.toMatchObject({ code: 'PRICECTL_E_ANSWER' });
});

test('a service that is not up has no URL', () => {
  expect(urlOf({ url: 'http://x', problem: null })).toBe('http://x');
  expect(() => urlOf({ url: null, problem: null })).toThrow(expect.objectContaining({ code: 'PRICECTL_E_NOT_UP' }));
  expect(() => urlOf({ url: 'http://x', problem: 'gone' })).toThrow(expect.objectContaining({ code: 'PRICECTL_E_NOT_UP', message: 'gone' }));
});
