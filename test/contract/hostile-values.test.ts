import { join } from 'node:path';
import type { Interfaces } from '@oclif/core';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { loadConfigMap, loadJob } from '../../src/targets/kubernetes/manifest-load-job.ts';
import type { PricesDelivery } from '../../src/targets/kubernetes/manifest-values.ts';
import { toYaml } from '../../src/targets/kubernetes/manifest-yaml.ts';
import { clusterSettings, renderExample, valueAt } from '../../src/targets/kubernetes/manifests.fixture.ts';
import { settingsAnnotation } from '../../src/targets/kubernetes/service-objects.ts';
import { hostileTexts } from '../hostile.ts';
import { listCommandFiles, root } from './commands.ts';

/** Flags that take any text, and what becomes of it. A new one belongs here, or has a parser. */
const anyText: Readonly<Record<string, string>> = {
  config: 'a path of the user',
  context: 'one argument of kubectl, escaped in the path of a record: service-record.test.ts',
  host: 'an address or a name to look up, given to nobody else',
  ids: 'a path of the user',
  junit: 'a path of the user',
  'k6-binary': 'a path of the user',
  'operator-bundle': 'a path or URL of the user',
  output: 'a path of the user',
  prices: 'a path or URL, one value of YAML: below',
  rate: 'read by the profile, or refused',
  report: 'a path of the user',
  script: 'a path of the user',
  stages: 'read by the profile, or refused',
  'summary-export': 'a path of the user',
  threshold: 'read by the profile, or refused',
};

type Option = Interfaces.OptionFlag<unknown>;

/** Every flag with a value, by command. */
async function loadOptions(): Promise<readonly (readonly [title: string, Option])[]> {
  const found = await Promise.all(
    (await listCommandFiles()).map(async (name) => {
      const { default: command }: { default: { flags?: object; baseFlags?: object } } = await import(join(root, 'src', 'commands', `${name.replaceAll(' ', '/')}.ts`));
      return Object.entries<Option | { type: 'boolean' }>({ ...command.baseFlags, ...command.flags }).flatMap(([flag, value]) => (value.type === 'option' ? [[`${name} --${flag}`, value] as const] : []));
    }),
  );
  return found.flat();
}

const options = await loadOptions();

/** What is right after all: the name of an image, or a host. */
const right: Readonly<Record<string, readonly string[]>> = { image: ['a/b'], 'base-image': ['a/b'], registry: ['a/b', 'A'] };

/** What a reader of YAML makes of objects; kubectl's reads 1.1. */
function readBack(objects: readonly object[], version: '1.1' | '1.2'): readonly unknown[] {
  return parseAllDocuments(toYaml(objects), { version }).map((document): unknown => document.toJS());
}

test.each(options)('%s refuses what it does not know, or is known to take any text', async (title, { name: own, parse: read, options: words }) => {
  expect(options.length).toBeGreaterThan(100);
  const name = own ?? title.replace(/^.*--/, '');
  const takes = async (text: string) => {
    if (words !== undefined) return words.includes(text);
    // A parser of ours looks at the text alone.
    return Promise.resolve().then(() => Reflect.apply(read, undefined, [text, {}, { name, input: [] }])).then(() => true, () => false);
  };
  const hostile = Object.hasOwn(anyText, name) ? [] : hostileTexts.filter((text) => right[name]?.includes(text) !== true);
  const taken = await Promise.all(hostile.map(takes));
  expect(hostile.filter((_, index) => taken[index])).toEqual([]);
});

test('no flag is listed that is gone', () => {
  const names = new Set(options.map(([title]) => title.replace(/^.*--/, '')));
  expect(Object.keys(anyText).filter((name) => !names.has(name))).toEqual([]);
});

test.each(hostileTexts.filter((text) => text !== ''))('a price list at the path %j changes nothing in YAML but its own value', async (path) => {
  const settings = { ...clusterSettings, prices: path };
  const plain = await renderExample();
  const manifests = await renderExample({ settings });
  const read = readBack(manifests, '1.1');
  expect([read, readBack(manifests, '1.2')]).toEqual([manifests, manifests]);
  const [withPath, without] = [read, plain].map((all) => JSON.parse(JSON.stringify(all).replaceAll(JSON.stringify(annotationOf(all)), '""')));
  expect(withPath).toEqual(without);
  expect(JSON.parse(annotationOf(read))).toMatchObject({ prices: path.toWellFormed() });
});

function annotationOf(manifests: readonly unknown[]): string {
  const annotations = valueAt(manifests.find((manifest) => valueAt(manifest, 'kind') === 'Deployment'), 'metadata.annotations');
  return String(Object(annotations)[settingsAnnotation]);
}

test.each(hostileTexts)('%j in a price list, a URL and a request stays what it is in YAML', async (text) => {
  const data = { rows: 1, bytes: 4, sha256: 'ab' };
  const lists: readonly PricesDelivery[] = [
    { kind: 'text', text: `${text},1\n`, data },
    { kind: 'url', url: new URL(`https://prices.example.test/${text}`).href },
  ];
  for (const prices of lists) {
    const manifests = await renderExample({ prices });
    for (const version of ['1.1', '1.2'] as const) expect(readBack(manifests, version)).toEqual(manifests);
  }
  const values = { identity: { namespace: 'shop', name: 'price-api' }, suffix: 'abcde', image: 'a:1', request: Buffer.from(text).toString('base64'), seconds: 1 };
  const objects = [loadConfigMap(values), loadJob(values)];
  expect(readBack(objects, '1.1')).toEqual(JSON.parse(JSON.stringify(objects)));
});
