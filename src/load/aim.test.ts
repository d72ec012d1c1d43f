import { expect, test } from 'vitest';
import { aimRate } from './aim.ts';

const aim = { wantedMillicores: 400, cores: 2 };

test('the rate is in proportion to what a request costs', () => {
  expect(aimRate({ serverMillicores: 20, generatorMillicores: 10, requestsPerSecond: 500 }, aim)).toEqual({ rate: 10_000, isLowered: false });
});

test('service and generator together stay within 80 % of the cores', () => {
  const sample = { serverMillicores: 20, generatorMillicores: 100, requestsPerSecond: 500 };
  const aimed = aimRate(sample, aim);
  expect(aimed).toEqual({ rate: 6_667, isLowered: true });
});

test.each([
  { serverMillicores: 0, generatorMillicores: 1, requestsPerSecond: 500 },
  { serverMillicores: 10, generatorMillicores: 1, requestsPerSecond: 0 },
  { serverMillicores: Number.NaN, generatorMillicores: 1, requestsPerSecond: 1 },
])('nothing is aimed from %j', (sample) => expect(aimRate(sample, aim)).toBeNull());
