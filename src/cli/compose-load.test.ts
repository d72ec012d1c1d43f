import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeTarget } from '../../test/fakes/fake-target.ts';
import { createFakeParts } from '../targets/kubernetes/parts.fixture.ts';
import type { Target } from '../targets/target.ts';
import { resolveSettings } from '../workflows/service-settings.ts';
import { composeLoad } from './compose-load.ts';

const options = { version: '0.0.0', signal: new AbortController().signal, say: () => {} };

let folder: string;
let ids: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pricectl load '));
  ids = join(folder, 'ids.txt');
  await writeFile(ids, 'P124\n');
});
afterEach(() => rm(folder, { recursive: true }));

/** A service that is up on this target; `ways` counts how often somebody asks for a way to it from here. */
function targetOn(kind: 'local' | 'minikube') {
  const fake = createFakeTarget();
  fake.running = resolveSettings({}, { running: undefined, defaultPrices: '/p.txt', target: 'local' });
  const counts = { ways: 0, open: 0 };
  const target: Target = {
    ...fake,
    identity: { ...fake.identity, target: kind },
    async connect() {
      counts.ways += 1;
      counts.open += 1;
      return { url: 'http://127.0.0.1:1', warning: 'slow', async [Symbol.asyncDispose]() { counts.open -= 1; } };
    },
  };
  return { target, counts };
}

const inside = async () => ({ service: createFakeParts().parts.service, image: 'a:1', url: 'http://price-api:8080' });

test('load is made here, through a way that is open as long as the load', async () => {
  const { target, counts } = targetOn('minikube');
  {
    await using load = await composeLoad({ ids, engine: 'node' }, { target, reason: '', inside }, options);
    expect(load).toMatchObject({ chosen: { url: 'http://127.0.0.1:1', ids: ['P124'], warning: 'slow' }, engine: 'node', measuredOn: { target: 'minikube' } });
    expect(counts.open).toBe(1);
  }
  expect(counts.open).toBe(0);
});

test('load of a service that is not ours says nothing of our target', async () => {
  const { target } = targetOn('local');
  await using load = await composeLoad({ ids, url: 'http://other.example.test' }, { target, reason: '' }, options);
  expect(load).toMatchObject({ chosen: { url: 'http://other.example.test', target: undefined }, measuredOn: { target: null } });
});

test('with --in-cluster it is made beside the service, at its own URL, and no way there is opened', async () => {
  const { target, counts } = targetOn('minikube');
  await using load = await composeLoad({ ids, 'in-cluster': true }, { target, reason: '', inside }, options);
  expect(load).toMatchObject({ chosen: { url: 'http://price-api:8080', warning: null, target }, measuredOn: { target: 'minikube' } });
  expect(counts.ways).toBe(0);
});

test('a script is run without ids, and without looking for those of the price list', async () => {
  const { target } = targetOn('minikube');
  await using load = await composeLoad({ script: 'a.js' }, { target, reason: '', inside }, options);
  expect(load).toMatchObject({ chosen: { url: 'http://price-api:8080', ids: [] }, engine: 'k6-operator', measuredOn: { engine: 'k6-operator' } });
});
