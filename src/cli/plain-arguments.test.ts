import { expect, test } from 'vitest';
import { readPlainArguments } from './plain-arguments.ts';

const flags = { url: { type: 'option' }, target: { type: 'option', options: ['local', 'kube'] }, json: { type: 'boolean' }, 'no-color': { type: 'boolean' } } as const;

test('words, switches and flags with a text, in any order', () => {
  expect(readPlainArguments(['A', '--url', 'http://x', 'a=b', '--json', '--target=kube', '--no-color', '5'], flags)).toEqual({
    words: ['A', 'a=b', '5'],
    given: new Map([
      ['url', 'http://x'],
      ['json', ''],
      ['target', 'kube'],
      ['no-color', ''],
    ]),
  });
  expect(readPlainArguments(['--url=a=b\nc'], flags)).toEqual({ words: [], given: new Map([['url', 'a=b\nc']]) });
});

test.each([
  [['--']],
  [['A', '--', 'B']],
  [['-']],
  [['-x']],
  [['-5']],
  [['']],
  [['--nope']],
  [['--nope=1']],
  [['--toString', 'x']],
  [['--Url', 'x']],
  [['--url']],
  [['--url=']],
  [['--url', '']],
  [['--url', '--json']],
  [['--url', '-1']],
  [['--url=-1']],
  [['--target', 'moon']],
  [['--json=true']],
  [['--no-json']],
  [['--json', '--json']],
  [['--url', 'a', '--url', 'b']],
  [['--url', 'a', '--url=b']],
  [['A', 'B', 'A']],
  [['--url', 'A', 'A']],
])('%j is left to oclif', (argv) => {
  expect(readPlainArguments(argv, flags)).toBeUndefined();
});
