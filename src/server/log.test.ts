import { expect, test } from 'vitest';
import { formatLogLine } from './log.ts';

test('writes one line, whatever the text', () => {
  expect(formatLogLine(0, 'a b')).toBe('1970-01-01T00:00:00.000Z a b\n');
  expect(formatLogLine(1, 'Error: x\n  at y\r\u001b[31m\u2028\u0085ü')).toBe(
    String.raw`1970-01-01T00:00:00.001Z Error: x\n  at y\u000d\u001b[31m\u2028\u0085ü` + '\n',
  );
});
