import { expect, test } from 'vitest';
import { ToolError } from './errors.ts';

test('an error has no secrets, whoever reads its fields', () => {
  const error = new ToolError('PRICECTL_E_X', 'Get "https://user:c4n4ry@host/x?c4n4ry": refused', { hints: ['curl -H "Authorization: Bearer c4n4ryc4n4ry"'] });
  expect([error.message, error.hints, error.stack]).toEqual(['Get "https://***@host/x?***": refused', ['curl -H "Authorization: Bearer ***"'], expect.not.stringContaining('c4n4ry')]);
});
