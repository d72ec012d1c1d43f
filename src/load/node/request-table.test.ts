import { expect, test } from 'vitest';
import { RequestTable } from './request-table.ts';
import { parseServiceUrl } from './service-url.ts';

const service = parseServiceUrl('http://127.0.0.1:8080/api/');
const alone = { index: 0, count: 1 };

test('builds the request for an id', () => {
  const table = new RequestTable(service, ['P124'], alone);
  expect(table.text(0)).toBe('GET /api/price?product_id=P124 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: pricectl\r\n\r\n');
  expect(table.path(0)).toBe('/api/price?product_id=P124');
});

test('keeps any id within its parameter and its line', () => {
  const ids = ['a b', 'ä€😀', 'x&product_id=y', '50%', '\r\nHost: evil', '\ud800', '__proto__', '#', '+'];
  const table = new RequestTable(service, ids, alone);
  for (const [index, id] of ids.entries()) {
    const line = table.text(index).split('\r\n')[0] ?? '';
    expect(line).toMatch(/^GET [\x21-\x7e]+ HTTP\/1\.1$/);
    const sent = new URL(line.split(' ')[1] ?? '', 'http://a').searchParams.getAll('product_id');
    expect(sent).toEqual([id.toWellFormed()]);
  }
});

test('takes ids in turn, and workers share the turns', () => {
  const take = (slot: typeof alone, times: number): number[] => {
    const table = new RequestTable(service, ['a', 'b', 'c'], slot);
    return Array.from({ length: times }, () => table.takeIndex());
  };
  expect(take(alone, 7)).toEqual([0, 1, 2, 0, 1, 2, 0]);
  expect(take({ index: 0, count: 2 }, 4)).toEqual([0, 2, 1, 0]);
  expect(take({ index: 1, count: 2 }, 4)).toEqual([1, 0, 2, 1]);
  expect(take({ index: 4, count: 5 }, 3)).toEqual([1, 0, 2]);
});

test('builds requests of a huge list as well', () => {
  const ids = Array.from({ length: 70_000 }, (_, index) => `P${index}`);
  const table = new RequestTable(service, ids, alone);
  expect(table.text(69_999)).toContain('product_id=P69999 ');
  expect(table.text(69_999)).toBe(table.text(69_999));
});
