import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { toYaml } from './manifest-yaml.ts';
import { renderExample } from './manifests.fixture.ts';

const thing = { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'x' } };

test('each manifest is a document that says the same', async () => {
  const manifests = await renderExample();
  const documents = parseAllDocuments(toYaml(manifests));
  expect(documents.map((document): unknown => document.toJS())).toEqual(manifests);
});

test('an object that occurs twice is written twice', () => {
  const labels = { a: 'b' };
  expect(toYaml([{ ...thing, one: labels, two: labels }])).toMatch(/one:\n {2}a: b\ntwo:\n {2}a: b\n$/);
});

test.each(['a\nb\n', 'a\r\nb', 'yes', 'no', 'on', '012', '1:30', '0.10', '1_000', '<<', '=', '', ' x ', '# x', 'ä€😀', '\tx'])(
  '%j comes back as it was, by YAML 1.1 and 1.2',
  (value) => {
    const text = toYaml([{ ...thing, value }]);
    for (const version of ['1.1', '1.2'] as const) expect(parse(text, { version })).toEqual({ ...thing, value });
  },
);

test('long texts are not folded', () => {
  const value = 'word '.repeat(100).trim();
  expect(toYaml([{ ...thing, value }]).split('\n')).toContain(`value: ${value}`);
});
