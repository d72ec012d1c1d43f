import { expect, test } from 'vitest';
import { realK6 } from './programs.ts';

test('only a k6 2.x that names its Go counts', () => {
  expect(realK6.exec('k6 v2.2.0 (commit/5e1d6b1f9a, go1.26.8, linux/amd64)')?.[1]).toBe('2.2.0');
  expect(realK6.exec('k6 v2.2.0 (go1.26.8, linux/amd64)')?.[1]).toBe('2.2.0');
  for (const other of ['k6 v2.2.0', 'k6 v2.2.0 (node 26.10.0, linux/amd64)', 'k6 v1.4.0 (go1.25.1, linux/amd64)']) expect(realK6.test(other), other).toBe(false);
});
