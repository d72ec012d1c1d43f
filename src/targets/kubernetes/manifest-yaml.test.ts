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

/** NEL, line and paragraph separators are line ends in YAML 1.1; kubectl refuses other control characters when they aren't escaped. */
test.each(['a\nb\n', 'a\r\nb', '\uFEFFa', 'a\u0085b', 'a\u2028b', 'a\u2029b', '\u0001\u007F\u009F', 'yes', 'no', 'on', '012', '1:30', '0.10', '1_000', '<<', '=', '', ' x ', 'ä€😀', '\tx'])(
  '%j comes back as it was, by YAML 1.1 and 1.2',
  (value) => {
    const text = toYaml([{ ...thing, value }]);
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    expect(text).not.toMatch(/[\u0001\r\u007F-\u009F\u2028\u2029\uFEFF]/);
    for (const version of ['1.1', '1.2'] as const) expect(parse(text, { version })).toEqual({ ...thing, value });
  },
);

test('long texts are not folded', () => {
  const value = 'word '.repeat(100).trim();
  expect(toYaml([{ ...thing, value }]).split('\n')).toContain(`value: ${value}`);
});
