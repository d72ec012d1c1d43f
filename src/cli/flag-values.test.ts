import { expect, test } from 'vitest';
import { parseCpuQuantity, parseImage, parseMachineMemory, parseMemoryQuantity, parseName, parsePercent, parseRegistry } from './flag-values.ts';

const usage = expect.objectContaining({ kind: 'usage' });

test.each([
  ['100m', 100],
  ['0.5', 500],
  ['2', 2_000],
  ['1m', 1],
])('CPU %s is %d millicores', (text, expected) => expect(parseCpuQuantity(text, '--cpu-request')).toBe(expected));

test.each(['', '0', '0m', '-1', '1e3', '100 m', '100M', '1025', 'NaN'])('CPU %j is refused', (text) => {
  expect(() => parseCpuQuantity(text, '--cpu-request')).toThrow(usage);
});

test.each([
  ['50', 50],
  ['50%', 50],
  ['1', 1],
])('%s is %d percent', (text, expected) => expect(parsePercent(text, '--cpu-target')).toBe(expected));

test.each(['', '0', '-5', '5.5', '1e2', '50 %'])('percentage %j is refused', (text) => {
  expect(() => parsePercent(text, '--cpu-target')).toThrow(usage);
});

test.each(['a', 'price-api', 'a'.repeat(50)])('name %j is taken', (text) => expect(parseName(text, '--name')).toBe(text));

test.each(['', 'A', '1a', '-a', 'a-', 'a_b', '../x', 'a'.repeat(51), 'a b', 'a\n'])('name %j is refused', (text) => {
  expect(() => parseName(text, '--name')).toThrow(usage);
});

test.each([
  ['128Mi', 134_217_728],
  ['1.5Gi', 1_610_612_736],
  ['200M', 200_000_000],
  ['268435456', 268_435_456],
  ['16Ti', 17_592_186_044_416],
])('memory %s is %d bytes', (text, expected) => expect(parseMemoryQuantity(text, '--memory-limit')).toBe(expected));

test.each(['', '0', '15Mi', '17Ti', '-1Gi', '128MB', '128mi', '128 Mi', '1e9', '0.3333333Gi', 'Mi', 'NaN'])('memory %j is refused', (text) => {
  expect(() => parseMemoryQuantity(text, '--memory-limit')).toThrow(usage);
});

test.each(['4096', '4g', '4096mb', '2gb', 'max', 'no-limit'])('memory %j is passed on to minikube', (text) => {
  expect(parseMachineMemory(text, '--memory')).toBe(text);
});

test.each(['', '0', '-4g', '4Gi', '4 g', '--help', '4t'])('memory %j is none for minikube', (text) => {
  expect(() => parseMachineMemory(text, '--memory')).toThrow(usage);
});

test.each([
  'price-api',
  'node:26-bookworm-slim',
  'localhost/price-api:3f9c2a',
  'localhost:5000/team/price-api',
  'registry.example.com/team/price_api__x:V1.0',
  '[2001:db8::1]:5000/a:b',
  `a@sha256:${'0'.repeat(64)}`,
  `registry.example.com/a:1@sha256:${'0'.repeat(64)}`,
])('image %j is taken', (text) => expect(parseImage(text, '--image')).toBe(text));

test.each(['', '-a', 'a b', 'A', 'a:', 'a:-x', 'a/', '/a', 'https://a/b', 'a@sha256:12', 'a\n', '--help', `a:${'x'.repeat(129)}`, 'a'.repeat(256)])(
  'image %j is refused',
  (text) => {
    expect(() => parseImage(text, '--image')).toThrow(usage);
  },
);

test.each(['localhost:5000', 'registry.example.com/team/a', '[2001:db8::1]:5000', 'ghcr.io/me'])('registry %j is taken', (text) => {
  expect(parseRegistry(text, '--registry')).toBe(text);
});

test.each(['', 'https://a', 'a/', 'a/b:1', '-a', 'a/B', 'a b'])('registry %j is refused', (text) => {
  expect(() => parseRegistry(text, '--registry')).toThrow(usage);
});
