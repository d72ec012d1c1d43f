import { expect, test } from 'vitest';
import { CancelledError, EnvironmentError, NegativeError, TimeoutError, ToolError, UsageError } from '../tools/errors.ts';
import { errorJson, errorText } from './error-text.ts';
import { exitCodeOf } from './exit-codes.ts';
import { plainStyle } from './style.ts';

const refused = new EnvironmentError('PRICECTL_E_X', 'port 80 is taken', { hints: ['--port 81'], cause: new Error('EADDRINUSE') });

test('each kind of error has its exit code, and what we did not foresee is a bug', () => {
  const errors = [
    new UsageError('PRICECTL_E_X', ''),
    refused,
    new ToolError('PRICECTL_E_X', ''),
    new TimeoutError('PRICECTL_E_X', ''),
    new NegativeError('PRICECTL_E_X', ''),
    new CancelledError('SIGINT'),
    new CancelledError('SIGTERM'),
    new TypeError('x is undefined'),
    'thrown text',
  ];
  expect(errors.map(exitCodeOf)).toEqual([2, 3, 4, 5, 6, 130, 143, 1, 1]);
});

test('an error is one line and what to try; its causes only when asked for', () => {
  expect(errorText(refused, plainStyle)).toBe('Error: port 80 is taken\n  try: --port 81');
  expect(errorText(refused, plainStyle, true)).toMatch(/try: --port 81\n {2}because: Error: EADDRINUSE\n {4}at /);
});

test('an interruption is not called an error', () => {
  expect(errorText(new CancelledError('SIGINT'), plainStyle)).toBe('interrupted');
});

test('a bug comes with its stack and where to report it', () => {
  expect(errorText(new TypeError('x'), plainStyle)).toMatch(/^Bug: TypeError: x\n {4}at [^]*report/);
});

test('as JSON an error has six fields and no stack', () => {
  expect(errorJson(refused)).toEqual({
    error: { name: 'EnvironmentError', code: 'PRICECTL_E_X', message: 'port 80 is taken', exitCode: 3, hints: ['--port 81'] },
  });
  expect(errorJson('text').error).toMatchObject({ code: 'PRICECTL_E_BUG', message: 'text', exitCode: 1 });
});
