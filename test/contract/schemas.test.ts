import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { listCommandFiles, root } from './commands.ts';

const schemas = join(root, 'schemas');

test('schemas are what the result types say', async () => {
  await expect(promisify(execFile)(process.execPath, [join(root, 'scripts', 'schemas.js'), '--check'])).resolves.toMatchObject({ stderr: '' });
});

test('each command has its schema, and so have errors', async () => {
  const expected = [...(await listCommandFiles()).map((name) => `${name.replaceAll(' ', '-')}.json`), 'error.json'];
  expect((await readdir(schemas)).toSorted()).toEqual(expected.toSorted());
});

/** In k6's `handleSummary` data, whose shape our metrics have, a metric without thresholds has no such key. */
const shapeOfK6 = /\/metrics\/additionalProperties: thresholds may be missing$/;

test('schemas compile, leave nothing open and make every key required: null means unknown, a key is never missing', async () => {
  for (const name of await readdir(schemas)) {
    const schema: unknown = JSON.parse(await readFile(join(schemas, name), 'utf8'));
    if (typeof schema !== 'object' || schema === null) throw new Error(`${name} is no object`);
    new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
    expect(findGaps(schema, name).filter((gap) => !shapeOfK6.test(gap))).toEqual([]);
  }
});

test('a gap is found', () => {
  const schema = { type: 'object', properties: { a: {}, b: { type: 'string' } }, required: ['a'] };
  expect(findGaps(schema, 'x')).toEqual(['x: b may be missing', 'x/properties/a: anything goes']);
});

/** The places in a schema where a key may be missing or anything may stand: a type that the generator did not find becomes `{}`. */
function findGaps(schema: object, path: string): readonly string[] {
  const { properties = {}, required = [] }: { properties?: object; required?: readonly string[] } = schema;
  const missing = Object.keys(properties).filter((name) => !required.includes(name));
  const nested = Object.entries(schema).flatMap(([key, value]) => {
    if (typeof value !== 'object' || value === null) return [];
    if (key === 'properties') return Object.entries(value).flatMap(([name, child]) => findNested(child, `${path}/${key}/${name}`));
    if (key === 'anyOf' && Array.isArray(value)) return value.flatMap((child) => findNested(child, `${path}/${key}`));
    return key === 'items' || key === 'additionalProperties' ? findNested(value, `${path}/${key}`) : [];
  });
  return [...missing.map((name) => `${path}: ${name} may be missing`), ...nested];
}

function findNested(schema: unknown, path: string): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.keys(schema).some((key) => key !== 'description') ? findGaps(schema, path) : [`${path}: anything goes`];
}
