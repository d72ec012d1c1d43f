import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkKeys, fileArguments, readSettingsFile, type SettingsFile } from './settings-file.ts';

async function withFile(content: string | undefined, check: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pricectl 'settings' "));
  try {
    if (content !== undefined) await writeFile(join(folder, 'pricectl.config.json'), content);
    await check(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function fileWith(values: Record<string, unknown>, isExplicit = false): SettingsFile {
  return { path: '/home/me/pricectl.config.json', isExplicit, values: new Map(Object.entries(values)) };
}

const flags = {
  min: { type: 'option' },
  prices: { type: 'option' },
  context: { type: 'option' },
  threshold: { type: 'option' },
  resend: { type: 'boolean', allowNo: true },
  quiet: { type: 'boolean' },
} as const;

test('no file means no settings', () => withFile(undefined, async (folder) => expect(await readSettingsFile(undefined, folder)).toBeUndefined()));

test('a named file must be there', () =>
  withFile(undefined, async (folder) => {
    await expect(readSettingsFile('other.json', folder)).rejects.toMatchObject({ code: 'PRICECTL_E_FILE_ENOENT' });
  }));

test.each(['{', '[]', 'null', '3', ''])('content %j is refused', (content) =>
  withFile(content, async (folder) => {
    await expect(readSettingsFile(undefined, folder)).rejects.toMatchObject({ code: 'PRICECTL_E_SETTINGS_FILE' });
  }),
);

test('values become arguments, paths relative to the file', () => {
  const file = fileWith({ min: 2, prices: 'p.txt', threshold: ['a', 'b'], resend: false, quiet: true });
  expect(fileArguments(file, flags, new Set())).toEqual([
    '--min=2',
    '--prices=/home/me/p.txt',
    '--threshold=a',
    '--threshold=b',
    '--no-resend',
    '--quiet',
  ]);
});

test('a URL stays as it is', () => {
  expect(fileArguments(fileWith({ prices: 'https://example.test/p' }), flags, new Set())).toEqual(['--prices=https://example.test/p']);
});

test('what the command line or the environment gave wins', () => {
  expect(fileArguments(fileWith({ min: 2 }), flags, new Set(['min']))).toEqual([]);
});

test('context counts only from a file that was named', () => {
  expect(fileArguments(fileWith({ context: 'prod' }), flags, new Set())).toEqual([]);
  expect(fileArguments(fileWith({ context: 'prod' }, true), flags, new Set())).toEqual(['--context=prod']);
});

test.each([{ quiet: 'yes' }, { min: { a: 1 } }, { min: null }])('%j is refused', (values) => {
  expect(() => fileArguments(fileWith(values), flags, new Set())).toThrow(expect.objectContaining({ code: 'PRICECTL_E_SETTINGS_FILE' }));
});

test('a key that is no flag is refused', () => {
  expect(() => checkKeys(fileWith({ minn: 1 }), new Set(['min']))).toThrow(expect.objectContaining({ code: 'PRICECTL_E_SETTINGS_FILE' }));
});
