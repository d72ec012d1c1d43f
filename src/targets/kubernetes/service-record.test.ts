import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import type { ServiceIdentity } from '../target.ts';
import { clusterServiceSettings } from './parts.fixture.ts';
import { createServiceRecord, parseSettings, recordPath } from './service-record.ts';

const identity: ServiceIdentity = { target: 'kube', context: 'team', namespace: 'shop', name: 'price-api' };
const settings = clusterServiceSettings({ max: 4 });

async function inFolder(check: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl record '));
  try {
    await check(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('what the last up had is there until it is removed', () =>
  inFolder(async (folder) => {
    const record = createServiceRecord(folder, identity);
    expect([await record.read(), await record.remove()]).toEqual([undefined, false]);
    await record.write(settings);
    expect(await createServiceRecord(folder, identity).read()).toEqual(settings);
    expect(await createServiceRecord(folder, { ...identity, name: 'other' }).read()).toBeUndefined();
    expect((await stat(dirname(recordPath(folder, identity)))).mode & 0o777).toBe(0o700);
    expect([await record.remove(), await record.read()]).toEqual([true, undefined]);
  }));

test('the lock lies beside the record, which may go meanwhile', () =>
  inFolder(async (folder) => {
    const record = createServiceRecord(folder, identity);
    await record.write(settings);
    await writeFile(record.lockFile, '');
    await record.remove();
    expect((await stat(record.lockFile)).isFile()).toBe(true);
  }));

test.each(['arn:aws:eks:eu-west-1:1:cluster/prices', '../../x', '..', '.', '/etc', 'a%2Fb', 'x: {}\n', 'ä'.repeat(300)])('the context %j is one folder within the state folder', (context) => {
  const path = relative('/state', recordPath('/state', { ...identity, context }));
  expect(path.split('/')).toEqual(['kube', expect.stringMatching(/^[^.]/), 'shop', 'price-api', 'service.json']);
  expect(Math.max(...path.split('/').map((part) => part.length))).toBeLessThanOrEqual(255);
});

test('contexts that look alike have records of their own', () => {
  const paths = ['a.b', 'a%2Eb', 'a/b', 'A.b', 'ä'.repeat(300), 'ä'.repeat(301)].map((context) => recordPath('/state', { ...identity, context }));
  expect(new Set(paths).size).toBe(6);
});

test.each(['', 'no JSON', '[]', '{}', '{"settings":{"min":0}}', JSON.stringify({ settings: { ...settings, cluster: {} } })])('%j holds no settings', (text) =>
  inFolder(async (folder) => {
    expect(parseSettings(text)).toBeUndefined();
    const record = createServiceRecord(folder, identity);
    await record.write(settings);
    await writeFile(recordPath(folder, identity), text);
    expect(await record.read()).toBeUndefined();
    expect(await record.remove()).toBe(true);
  }),
);

test('settings are read with and without a wrapping', () => {
  expect(parseSettings(JSON.stringify(settings))).toEqual(settings);
  expect(parseSettings(JSON.stringify({ settings }))).toEqual(settings);
});
