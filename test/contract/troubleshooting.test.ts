import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CancelledError } from '../../src/tools/errors.ts';
import { root } from './commands.ts';
import { readSourceTree } from './source-tree.ts';

/** Codes of a text; `PRICECTL_E_FILE_` of a template and `PRICECTL_E_FILE_*` of the page stand for all that begin so. */
function codesIn(text: string): readonly string[] {
  return [...text.matchAll(/PRICECTL_E_[A-Z0-9_]+/g)].map(([code]) => code);
}

async function thrownCodes(): Promise<ReadonlySet<string>> {
  const codes = (await readSourceTree(join(root, 'src'))).flatMap(({ code }) => codesIn(code));
  return new Set([...codes, new CancelledError('SIGINT').code, new CancelledError('SIGTERM').code]);
}

test('the troubleshooting page has an entry for every error code, and for no other', async () => {
  const page = await readFile(join(root, 'docs', 'troubleshooting.md'), 'utf8');
  const entries = page.split('\n').filter((line) => line.startsWith('| ')).flatMap(codesIn);
  const thrown = await thrownCodes();
  const families = [...thrown].filter((code) => code.endsWith('_'));
  const expected = [...thrown].filter((code) => !families.some((family) => code !== family && code.startsWith(family)));
  expect(entries.toSorted()).toEqual(expected.toSorted());
});
