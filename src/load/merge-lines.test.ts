import { crc32 as zlibCrc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { createRandom, payloadOf, samplesOf, trendOf } from './merge.fixture.ts';
import { crc32 } from './merge-crc.ts';
import { createPayloadCollector } from './merge-lines.ts';
import type { RunnerPayload } from './merge-payload.ts';

const payload = payloadOf(
  {
    http_req_duration: trendOf(samplesOf('log-normal', 700, createRandom(1))),
    http_reqs: { type: 'counter', contains: 'default', count: 700 },
    checks: { type: 'rate', contains: 'default', passes: 699, fails: 1 },
    vus: { type: 'gauge', contains: 'default', value: 2, min: 1, max: 3 },
    'empty{a:b}': { type: 'trend', contains: 'time', count: 0, min: 0, max: 0, avg: 0, grid: [] },
  },
  {
    checks: [{ path: '::größer als 0 €', name: 'größer als 0 €', passes: 699, fails: 1 }],
    thresholds: { http_req_duration: ['p(95)<200', 'med<100'] },
  },
);

/** The lines of a payload as the script writes them. */
function linesOf(text: string, chunkLength = 1_000): readonly string[] {
  const bytes = Buffer.from(text);
  const count = Math.ceil(text.length / chunkLength);
  const chunks = Array.from({ length: count }, (_, index) => `##PRICECTL ${index + 1}/${count} ${text.slice(index * chunkLength, (index + 1) * chunkLength)}`);
  return [...chunks, `##PRICECTL-END ${bytes.length} ${zlibCrc32(bytes).toString(16)}`];
}

function collect(lines: readonly string[]): { readonly result: RunnerPayload | string | undefined; readonly isComplete: boolean } {
  const collector = createPayloadCollector();
  for (const line of lines) collector.add(line);
  return { result: collector.result(), isComplete: collector.isComplete() };
}

const lines = linesOf(JSON.stringify(payload));

test('a payload comes out as it went in, to the last bit', () => {
  expect(lines.length).toBeGreaterThan(20);
  expect(collect(lines)).toEqual({ result: payload, isComplete: true });
});

test('only lines of the payload are taken', () => {
  const collector = createPayloadCollector();
  const others = ['', 'time="2026" level=info', '##PRICECTL', '##PRICECTL 1/2', '##PRICECTL 0/2 a', '##PRICECTL 3/2 a', '##PRICECTL 1/99999999 a', ' ##PRICECTL 1/1 {}', '##PRICECTL-END 5', '##PRICECTL-END x y'];
  for (const line of others) expect(collector.add(line), line).toBe(false);
  expect(collector.result()).toBeUndefined();
  expect(collector.isComplete()).toBe(false);
  for (const line of lines) {
    expect(collector.add(line)).toBe(true);
    expect(collector.add('     http_reqs......: 700')).toBe(false);
  }
  expect(collector.result()).toEqual(payload);
});

test('lines may come twice, in any order, cut off by a broken connection, and with a carriage return', () => {
  const cut = lines.slice(0, 7).map((line) => line.slice(0, -5));
  expect(collect([...cut, ...lines.toReversed(), ...cut]).result).toEqual(payload);
  expect(collect([...lines, (lines.at(-1) ?? '').slice(0, -2)]).result).toEqual(payload);
  expect(collect(lines.map((line) => `${line}\r`)).result).toEqual(payload);
});

test('a second payload takes the place of the first', () => {
  expect(collect([...linesOf(JSON.stringify(payload), 900), ...lines]).result).toEqual(payload);
});

test.each([
  ['without its end', lines.slice(0, -1), /^its result is cut off: \d+ of \d+ lines came, but no end$/],
  ['without two lines', lines.filter((_, index) => index !== 3 && index !== 9), /^2 of \d+ lines of its result are missing$/],
  ['with nothing but its end', lines.slice(-1), /^of its result only the end came$/],
  ['with a byte too many', lines.map((line, index) => (index === 2 ? `${line} ` : line)), /^its result is damaged: it has \d+ bytes, not \d+$/],
  ['with another digit', lines.map((line, index) => (index === 2 ? line.replace(/\d$/, (digit) => (digit === '1' ? '2' : '1')) : line)), /^its result is damaged: .*checksum/],
  ['that is no JSON', linesOf('{"v":1'), /^its result is malformed: it isn't JSON$/],
] as const)('a payload %s is told apart', (_name, damaged, problem) => {
  const { result } = collect(damaged);
  expect(result).toEqual(expect.any(String));
  expect(result).toMatch(problem);
});

test('the checksum is that of zlib', () => {
  for (const text of ['', '123456789', 'größer als 0 €', lines.join('\n')]) expect(crc32(new TextEncoder().encode(text))).toBe(zlibCrc32(text));
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcb_f4_39_26);
});
