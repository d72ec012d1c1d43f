import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clusterServiceSettings } from './kubernetes/parts.fixture.ts';
import { createServiceRecord, recordPath } from './kubernetes/service-record.ts';
import { createProfileRecord } from './minikube-profile-record.ts';
import type { ServiceIdentity } from './target.ts';

async function inFolder(check: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl profile '));
  try {
    await check(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function service(context: string): ServiceIdentity {
  return { target: 'minikube', context, namespace: 'shop', name: 'price-api' };
}

test('a profile is remembered per minikube home, and forgotten', () =>
  inFolder(async (folder) => {
    const record = createProfileRecord(folder, 'pricectl', '/home/me/.minikube');
    const other = createProfileRecord(folder, 'pricectl', '/home/me/other');
    expect(await record.isThere()).toBe(false);
    await record.write();
    expect([await record.isThere(), await other.isThere()]).toEqual([true, false]);
    await other.remove();
    expect(await record.isThere()).toBe(true);
    await record.remove();
    await record.remove();
    expect(await record.isThere()).toBe(false);
    expect(await readdir(join(folder, 'minikube'))).toEqual([]);
  }));

test('with the profile all services on it are forgotten, and no others', () =>
  inFolder(async (folder) => {
    const profile = createProfileRecord(folder, 'pricectl', '/home/me/.minikube');
    for (const context of ['pricectl', 'other']) await createServiceRecord(folder, service(context)).write(clusterServiceSettings());
    await profile.write();
    await profile.remove();
    expect(await createServiceRecord(folder, service('pricectl')).read()).toBeUndefined();
    expect(await createServiceRecord(folder, service('other')).read()).toBeDefined();
    expect(recordPath(folder, service('pricectl'))).toContain(join(folder, 'minikube', 'pricectl'));
  }));
