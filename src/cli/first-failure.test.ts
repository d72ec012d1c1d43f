import { expect, test } from 'vitest';
import { ToolError } from '../tools/errors.ts';
import { firstFailure } from './first-failure.ts';

const first = new ToolError('PRICECTL_E_FIRST', 'what went wrong');

function failing(message: string): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      throw new Error(message);
    },
  };
}

test('what went wrong counts, not the disposals that failed after it', async () => {
  const work = async () => {
    await using _outer = failing('outer');
    await using _inner = failing('inner');
    throw first;
  };
  const thrown: unknown = await work().catch((error: unknown) => error);
  expect(thrown).not.toBe(first);
  expect(thrown instanceof Error && firstFailure(thrown)).toBe(first);
});

test('any other error is itself', () => {
  expect(firstFailure(first)).toBe(first);
});
