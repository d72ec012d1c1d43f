import { expect, test } from 'vitest';
import { milliQuantity, memoryQuantity } from './manifest-quantity.ts';

test.each([
  [0, '0'],
  [1, '1m'],
  [100, '100m'],
  [1_000, '1'],
  [1_500, '1500m'],
  [16_000, '16'],
])('%i thousandths are %s', (thousandths, quantity) => {
  expect(milliQuantity(thousandths)).toBe(quantity);
});

test.each([
  [134_217_728, '128Mi'],
  [1_073_741_824, '1Gi'],
  [1_610_612_736, '1536Mi'],
  [1_024, '1Ki'],
  [200_000_000, '200M'],
  [1_500_000, '1500k'],
  [1_001, '1001'],
])('%i bytes are %s', (bytes, quantity) => {
  expect(memoryQuantity(bytes)).toBe(quantity);
});
