import { expect, test } from 'vitest';
import { formatBytes } from './bytes.ts';

test.each([
  [0, '0 B'],
  [45, '45 B'],
  [1_000, '1.0 kB'],
  [198_900_000, '199 MB'],
  [4e9, '4.0 GB'],
  [5e15, '5000 TB'],
])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
