import { expect, test } from 'vitest';
import { fillTemplate } from './manifest-template.ts';

const head = 'apiVersion: v1\nkind: Thing\nmetadata:\n  name: x\n';

test('a variable that is a whole scalar keeps its type', () => {
  const text = `${head}spec:\n  number: \${number}\n  flag: \${flag}\n  list: \${list}\n  object: \${object}\n  nothing: \${nothing}\n`;
  const variables = { number: 3, flag: true, list: [1, 'a'], object: { a: [] }, nothing: null };
  expect(fillTemplate(text, variables)['spec']).toEqual(variables);
});

test('a variable inside of a scalar or a key is text', () => {
  const filled = fillTemplate(`${head}spec:\n  \${key}/x: "\${a}:\${b}"\n`, { key: 'k', a: 'one', b: 2 });
  expect(filled['spec']).toEqual({ 'k/x': 'one:2' });
});

test.each(['a\nkind: Evil', '*alias', '${name}', '{a: 1}', '- x', '"', "'", 'yes', '012', '~', ' # no comment', '$&'])('%j stays one text', (value) => {
  expect(fillTemplate(`${head}whole: \${value}\npart: <\${value}>\n`, { value })).toEqual({
    apiVersion: 'v1',
    kind: 'Thing',
    metadata: { name: 'x' },
    whole: value,
    part: `<${value}>`,
  });
});

test('a field or item whose variable is undefined is left out', () => {
  expect(fillTemplate(`${head}spec:\n  a: \${gone}\n  list:\n    - \${gone}\n    - b\n`, { gone: undefined })['spec']).toEqual({ list: ['b'] });
});

test.each([
  ['a variable that is used but not given', `${head}a: \${b}\n`, {}, /\$\{b\}, which isn't given/],
  ['one that only an ancestor of all objects has', `${head}a: \${toString}\n`, {}, /\$\{toString\}/],
  ['a variable that is given but not used', head, { b: 1 }, /doesn't use b/],
  ['a list inside of a text', `${head}a: x\${b}\n`, { b: [1] }, /inside of a text/],
  ['nothing inside of a text', `${head}a: x\${b}\n`, { b: undefined }, /inside of a text/],
  ['no YAML', 'a: [', {}, /./],
  ['the same key twice', `${head}a: 1\na: 2\n`, {}, /unique/],
  ['two documents', `${head}---\n${head}`, {}, /multiple documents/],
  ['no object of Kubernetes', 'kind: Thing\n', {}, /apiVersion/],
  ['a name that is no text', 'apiVersion: v1\nkind: Thing\nmetadata:\n  name: 3\n', {}, /metadata\.name/],
])('%s throws', (_, text, variables, words) => {
  expect(() => fillTemplate(text, variables)).toThrow(words);
});
