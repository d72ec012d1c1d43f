import { defineConfig, type DummyRuleMap } from 'oxlint';
import { folders, restrictedPackages, type Room, rooms, topFolder } from './test/contract/house.ts';

/** A limit on lines, blank ones and comments counted. */
function atMost(max: number): ['error', { max: number; skipBlankLines: boolean; skipComments: boolean }] {
  return ['error', { max, skipBlankLines: false, skipComments: false }];
}

const pureMessage = 'This room is pure: no I/O, no clock, no chance.';
const pureGlobals = ['process', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'fetch'];
const pureRules: DummyRuleMap = {
  'no-restricted-globals': ['error', ...pureGlobals.map((name) => ({ name, message: pureMessage }))],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: pureMessage },
    { object: 'Math', property: 'random', message: pureMessage },
  ],
};

/** The rules of one room; test/contract/layers.test.ts checks the same by reading the sources itself. */
function roomRules(room: Room): DummyRuleMap {
  const otherFolders = folders.filter((folder) => folder !== topFolder(room.path)).map((folder) => `**/${folder}**`);
  const allowed = room.imports.map((path) => `!**/${path}${path.endsWith('/') ? '**' : ''}`);
  const otherPackages = restrictedPackages.filter((name) => !room.packages?.includes(name));
  const patterns = [
    { group: [...otherFolders, ...allowed], message: 'Imports go down: docs/decisions/0001-layers.md.' },
    { group: otherPackages.flatMap((name) => [name, `${name}/**`]), message: 'This module comes in by one door: test/contract/house.ts.' },
    ...(room.isPure ? [{ group: ['node:*', 'node:*/**'], message: pureMessage }] : []),
    ...(room.path.startsWith('commands/') ? [{ group: ['./**'], message: 'A command imports no other command.' }] : []),
  ];
  return { 'no-restricted-imports': ['error', { patterns }], ...(room.isPure ? pureRules : {}) };
}

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'import', 'promise', 'node', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'warn' },
  ignorePatterns: ['dist', '.dist-*', 'node_modules'],
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/consistent-type-imports': 'error',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'no-console': 'error',
    'no-await-in-loop': 'off',
    'no-shadow': 'off',
    // `await using _lock` names a resource that is only held.
    'no-underscore-dangle': 'off',
    // It takes a switch over all cases of a union for one that may end without a value; tsc knows better.
    'typescript/consistent-return': 'off',
    // It takes a method with the parameter `error` for a Node callback.
    'promise/no-promise-in-callback': 'off',
    // The second argument is the message of a failure.
    'vitest/valid-expect': ['error', { maxArgs: 2 }],
    'vitest/expect-expect': ['error', { assertFunctionNames: ['expect*'] }],
    'max-lines': atMost(250),
    'max-lines-per-function': atMost(40),
  },
  overrides: [
    ...rooms.map((room) => ({ files: [`src/${room.path}${room.path.endsWith('/') ? '**' : '*'}`], rules: roomRules(room) })),
    // The script that main.js names is written in when it is used.
    { files: ['k6/**'], rules: { 'import/no-default-export': 'off', 'import/namespace': 'off', 'no-console': 'off' } },
    { files: ['src/commands/**'], rules: { 'import/no-default-export': 'off', 'max-lines': atMost(90) } },
    {
      files: ['**/*.test.ts', '**/*.fixture.ts', 'test/**', 'bench/**', 'scripts/**', '*.config.ts'],
      rules: {
        'import/no-default-export': 'off',
        'max-lines': 'off',
        'max-lines-per-function': 'off',
        'no-console': 'off',
        'no-restricted-globals': 'off',
        'no-restricted-imports': 'off',
        'no-restricted-properties': 'off',
      },
    },
  ],
});
