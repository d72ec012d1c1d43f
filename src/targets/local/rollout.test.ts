import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { createBehavior } from '../../autoscale/behavior.ts';
import type { Environment } from '../../tools/files.ts';
import { signalProcess } from '../../tools/process-identity.ts';
import type { Snapshot } from '../target.ts';
import { createLocalTest, endLocalTest, type LocalTest, type ServerKind } from './local-target.fixture.ts';
import { askOnce, startTraffic, type Traffic } from './traffic.fixture.ts';

vi.setConfig({ testTimeout: 40_000 });

const tests: LocalTest[] = [];
const running: Traffic[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((traffic) => traffic.stop()));
  for (const one of tests.splice(0)) await endLocalTest(one);
});

async function create(kind?: ServerKind, env?: Environment): Promise<LocalTest> {
  const created = await createLocalTest(kind, env);
  tests.push(created);
  return created;
}

/** Starts clients, and waits until they have been answered. */
async function start(one: LocalTest, clients = { keepAlive: 6, perRequest: 3 }): Promise<Traffic> {
  const traffic = startTraffic((await one.state()).settings.port, clients);
  running.push(traffic);
  await more(traffic);
  return traffic;
}

async function more(traffic: Traffic, requests = 100): Promise<void> {
  const wanted = traffic.answered() + requests;
  await expect.poll(() => traffic.answered(), { timeout: 10_000 }).toBeGreaterThan(wanted);
}

/** Waits until a snapshot is as wanted. */
async function until(one: LocalTest, isWanted: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
  await expect.poll(async () => isWanted(await one.snapshot()), { timeout: 20_000, interval: 200 }).toBe(true);
  return one.snapshot();
}

/** Does something, and takes snapshots all the while. */
async function observe<T>(one: LocalTest, action: () => Promise<T>): Promise<{ result: T; seen: readonly Snapshot[] }> {
  const done = new AbortController();
  const seen: Snapshot[] = [];
  const look = async () => {
    while (!done.signal.aborted) seen.push(await one.snapshot());
  };
  const looking = look();
  try {
    return { result: await action(), seen };
  } finally {
    done.abort();
    await looking;
  }
}

function names(snapshot: Snapshot): readonly string[] {
  return snapshot.pods.map((pod) => pod.name);
}

/** Settings under which the autoscaler leaves `count` replicas alone. */
function fixed(count: number) {
  return { min: count, max: count };
}

test('no request fails while replicas come, are replaced and go', async () => {
  const one = await create();
  await one.up(fixed(2));
  const first = names(await one.snapshot());
  const traffic = await start(one);
  expect(await one.up(fixed(3))).toMatchObject({ prices: { outcome: 'unchanged' }, replicas: { outcome: 'done', detail: '3 of 3 ready' } });
  const grown = names(await one.snapshot());
  expect(grown.slice(0, 2)).toEqual(first);
  await more(traffic);

  const other = join(one.stateFolder, 'other prices.txt');
  await writeFile(other, 'P124,50\n');
  const { result, seen } = await observe(one, () => one.up({ ...fixed(3), prices: other }));
  expect(result).toMatchObject({ prices: { outcome: 'done' }, replicas: { outcome: 'done' } });
  // One more than wanted while one is replaced, and never one less that answers.
  expect(Math.min(...seen.map(({ replicas }) => replicas.ready))).toBe(3);
  expect(Math.max(...seen.map(({ pods }) => pods.filter((pod) => !pod.terminating).length))).toBe(4);
  const replaced = await until(one, ({ pods }) => pods.every((pod) => !pod.terminating));
  expect(names(replaced).filter((name) => grown.includes(name))).toEqual([]);
  await more(traffic);

  await one.up({ ...fixed(1), prices: other });
  const shrunk = await until(one, ({ pods }) => pods.length === 1);
  // The oldest stays.
  expect(names(shrunk)).toEqual(names(replaced).slice(0, 1));
  await more(traffic);
  const { failures, bodies } = await traffic.stop();
  expect(failures).toEqual([]);
  expect(bodies).toEqual(new Set(['49.5', '50']));
});

test('clients that keep their connection reach new replicas', async () => {
  const one = await create('real', { PRICECTL_MAX_CONNECTION_AGE: '500ms' });
  await one.up(fixed(1));
  const traffic = await start(one, { keepAlive: 6, perRequest: 0 });
  await one.up(fixed(2));
  const all = await until(one, ({ pods }) => pods.every((pod) => (pod.requests ?? 0) > 50));
  expect(all.pods).toHaveLength(2);
  expect((await traffic.stop()).failures).toEqual([]);
});

test('after kill -9 of a replica only requests on its connections fail, and another one comes at once', async () => {
  const one = await create();
  await one.up(fixed(2));
  const before = await one.snapshot();
  const traffic = await start(one);
  const [victim] = (await one.state()).replicas;
  if (victim !== undefined) await signalProcess(victim, 'SIGKILL');
  const after = await until(one, ({ pods }) => pods.filter((pod) => pod.ready).length === 2 && pods.some((pod) => pod.restarts === 1));
  expect(names(after)).toEqual(names(before));
  await more(traffic);
  const { failures } = await traffic.stop();
  // No more than there are clients; on average half of them.
  expect(failures.length).toBeLessThanOrEqual(9);
});

test('while no replica is ready requests wait for the next one', async () => {
  const one = await create('stand-in');
  await one.up(fixed(1));
  const { settings, replicas } = await one.state();
  for (const replica of replicas) await signalProcess(replica, 'SIGKILL');
  const answers = await Promise.all(Array.from({ length: 20 }, () => askOnce(settings.port)));
  expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['49.5']));
});

test('a replica that hangs gets no more connections, and gets them again when it goes on', async () => {
  const one = await create('stand-in');
  await one.up(fixed(2));
  const { replicas, settings } = await one.state();
  const [hanging] = replicas;
  if (hanging !== undefined) await signalProcess(hanging, 'SIGSTOP');
  const degraded = await until(one, ({ state }) => state === 'degraded');
  expect(degraded.replicas.ready).toBe(1);
  for (let count = 0; count < 10; count += 1) expect(await askOnce(settings.port)).toMatchObject({ body: '49.5' });
  if (hanging !== undefined) await signalProcess(hanging, 'SIGCONT');
  const recovered = await until(one, ({ state }) => state === 'ready');
  expect(recovered.pods.map((pod) => pod.restarts)).toEqual([0, 0]);
});

test('a replica that somebody else ends in order is replaced without a failure', async () => {
  const one = await create('stand-in');
  await one.up(fixed(2));
  const before = names(await one.snapshot());
  const traffic = await start(one);
  const [victim] = (await one.state()).replicas;
  if (victim !== undefined) await signalProcess(victim, 'SIGTERM');
  const after = await until(one, ({ pods }) => pods.filter((pod) => pod.ready).length === 2 && pods.some((pod) => !before.includes(pod.name)));
  expect(after.pods.every((pod) => pod.restarts === 0)).toBe(true);
  await more(traffic);
  expect((await traffic.stop()).failures).toEqual([]);
});

test('the port changes: the new one answers, and who was connected to the old one loses nothing', async () => {
  const one = await create('stand-in');
  await one.up(fixed(2));
  const { settings } = await one.state();
  const traffic = startTraffic(settings.port, { keepAlive: 1, perRequest: 0 });
  running.push(traffic);
  await more(traffic, 5);
  const probe = await createLocalTest('stand-in');
  tests.push(probe);
  await probe.up(fixed(1));
  const free = (await probe.state()).settings.port;
  await probe.down();
  expect(await one.up({ ...fixed(2), port: free })).toMatchObject({ supervisor: { outcome: 'done' }, replicas: { outcome: 'unchanged' } });
  expect(await one.snapshot()).toMatchObject({ url: `http://127.0.0.1:${free}` });
  await more(traffic, 20);
  expect((await traffic.stop()).failures).toEqual([]);
  await more(await start(one), 20);
});

test('the autoscaler adds replicas under load and takes them away without it', async () => {
  const one = await create('stand-in');
  const behavior = createBehavior({ scaleDownWindowMs: 0, policyPeriodMs: 1_000 });
  await one.up({ min: 1, max: 3, cpuRequestMillicores: 50, behavior });
  const traffic = await start(one);
  const grown = await until(one, ({ replicas }) => replicas.ready === 3);
  expect(grown.autoscaler).toMatchObject({ kind: 'emulated', cpuTarget: 50, cpuPercent: expect.any(Number), explanation: expect.stringContaining('target 50 %') });
  expect(grown.pods.some((pod) => (pod.cpuMillicores ?? 0) > 0 && (pod.requestsPerSecond ?? 0) > 0)).toBe(true);
  const { failures } = await traffic.stop();
  expect(failures).toEqual([]);
  await until(one, ({ replicas, pods }) => replicas.desired === 1 && pods.length === 1);
});
