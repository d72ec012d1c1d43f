import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ComputedDecision } from '../../src/autoscale/decision.ts';
import { createLocalTest, endLocalTest, type LocalTest } from '../../src/targets/local/local-target.fixture.ts';
import { startTraffic } from '../../src/targets/local/traffic.fixture.ts';
import { createSandbox } from '../cli/sandbox.ts';
import { connectionsOf } from '../cli/service-processes.ts';
import { optionFor, upWithModule } from './local-supervisor.ts';

// At once, for one waits half a minute.

/** Sets a process's clock by the hours in a file. `--import` takes a module; so no file of pricectl knows of this. */
const readHours = `const { readFileSync } = process.getBuiltinModule('node:fs');
const { now } = Date;
Date.now = () => now() + 3_600_000 * Number(readFileSync(process.env.PRICECTL_TEST_HOURS, 'utf8'));
globalThis.Date = class extends Date {
  constructor(...given) {
    super(...(given.length === 0 ? [Date.now()] : given));
  }
};`;

/** Settings under which the autoscaler wants as many replicas as it may have, or as few, whatever they are asked. */
const wantsMost = { min: 1, cpuRequestMillicores: 1 };
const wantsFewest = { min: 1, cpuRequestMillicores: 100_000 };

/** What the autoscaler decided last; undefined when it could not measure. */
async function decisionOf(one: LocalTest): Promise<ComputedDecision | undefined> {
  const { decision } = (await one.snapshot()).autoscaler;
  return decision?.kind === 'computed' ? decision : undefined;
}

/** Waits until the autoscaler wants fewer than three replicas again and again, by the clock of this hour. */
async function fewerWanted(one: LocalTest, hour: number): Promise<void> {
  const looks = new Set<number>();
  const look = async () => {
    const decision = await decisionOf(one);
    const isOfHour = decision !== undefined && Math.round((decision.atMs - Date.now()) / 3_600_000) === hour;
    if (isOfHour && decision.recommendation.replicas < 3) looks.add(decision.atMs);
    return looks.size;
  };
  await expect.poll(look, { timeout: 30_000 }).toBeGreaterThan(2);
}

test.concurrent('a clock that is set forwards and back fails no request, fools no autoscaler and no record', async ({ expect }) => {
  await using sandbox = await createSandbox();
  const hours = join(sandbox.folder, 'hours');
  const setHours = (count: number) => writeFile(hours, String(count));
  await setHours(0);
  const env = { PRICECTL_TEST_HOURS: hours };
  const one = await createLocalTest();
  try {
    await upWithModule(one, { ...wantsMost, max: 3 }, readHours, env);
    const { port } = (await one.state()).settings;
    const traffic = startTraffic(port, { keepAlive: 2, perRequest: 1 });
    const desired = async () => (await one.snapshot()).replicas.desired;
    await expect.poll(desired, { timeout: 30_000 }).toBe(3);

    const ids = await sandbox.write('ids.txt', 'P124\n');
    const load = ['loadtest', '--url', `http://127.0.0.1:${port}`, '--ids', ids, '--vus', '4', '--think-time', '10ms', '--duration', '5s', '--json'];
    const loading = sandbox.run(load, { env: { ...env, NODE_OPTIONS: optionFor(readHours) } });
    const answered = async () => (await one.snapshot()).pods.reduce((sum, pod) => sum + (pod.requests ?? 0), 0) - traffic.answered();
    await expect.poll(answered, { timeout: 30_000 }).toBeGreaterThan(100);
    await setHours(-1);
    const { ms, metrics, verdict } = (await loading).json();
    expect({ ms, verdict }).toEqual({ ms: expect.toSatisfy((value: number) => value > 4_900 && value < 30_000), verdict: 'passed' });
    const { min, max } = metrics.http_req_duration.values;
    expect([min > 0, max < ms]).toEqual([true, true]);

    // Fewer are wanted, but not for as long as the window yet, which is five minutes.
    await one.up({ ...wantsFewest, max: 3 });
    await fewerWanted(one, -1);
    await setHours(1);
    await fewerWanted(one, 1);
    expect(await desired()).toBe(3);
    expect((await decisionOf(one))?.recommendation.metricAgeMs).toSatisfy((age: number) => age >= 0 && age < 60_000);

    await setHours(-23);
    await one.up({ ...wantsMost, max: 5 });
    await expect.poll(desired, { timeout: 30_000 }).toBe(5);
    await expect.poll(async () => (await one.snapshot()).state, { timeout: 30_000 }).toBe('ready');
    const { requests, failures, bodies } = await traffic.stop();
    expect(failures).toEqual([]);
    expect([...bodies]).toEqual(['49.5']);
    expect(requests).toBeGreaterThan(200);
  } finally {
    await endLocalTest(one);
  }
});

/** Blocks the event loop for good when a signal comes: not even SIGTERM is heard any more. */
const blockOnSignal = `process.on('SIGUSR2', () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));`;

const clients = { keepAlive: 12, perRequest: 2 };

/** Waits until so many replicas are ready. */
async function ready(one: LocalTest, count: number): Promise<void> {
  await expect.poll(async () => (await one.snapshot()).replicas.ready, { timeout: 60_000, interval: 100 }).toBe(count);
}

test.concurrent('a replica whose event loop is blocked gets no connections and is replaced, one that was stopped goes on, and the others serve', async ({ expect }) => {
  const one = await createLocalTest();
  try {
    await upWithModule(one, { min: 3, max: 3 }, blockOnSignal, { PRICECTL_MAX_CONNECTION_AGE: '0' });
    const state = await one.state();
    const traffic = startTraffic(state.settings.port, clients);
    const moreAnswers = async () => {
      const goal = traffic.answered() + 200;
      await expect.poll(traffic.answered, { timeout: 30_000 }).toBeGreaterThan(goal);
    };
    await moreAnswers();
    const [blocked, stopped] = await connectionsOf(state);
    if (blocked === undefined || stopped === undefined) throw new Error('no replicas');

    process.kill(blocked.pid, 'SIGUSR2');
    const blockedAt = performance.now();
    await ready(one, 2);
    await moreAnswers();
    process.kill(stopped.pid, 'SIGSTOP');
    await ready(one, 1);
    await moreAnswers();
    process.kill(stopped.pid, 'SIGCONT');
    await ready(one, 2);
    await moreAnswers();
    await ready(one, 3);
    // As on a cluster: three looks of its liveness probe, one each ten seconds.
    expect(performance.now() - blockedAt).toBeGreaterThan(25_000);
    await moreAnswers();

    const { pods, state: health } = await one.snapshot();
    expect(health).toBe('ready');
    expect(pods.map(({ restarts }) => restarts)).toEqual([1, 0, 0]);
    expect(await readFile(join(one.folder.logs, `${pods[0]?.name}.log`), 'utf8')).toContain('killed, because it has not answered for 30 s');
    expect((await one.state()).replicas.map(({ pid }) => pid)).not.toContain(blocked.pid);
    const { failures, bodies } = await traffic.stop();
    // Between the count and the block each client that connects for every request may have got there.
    expect(failures.length).toBeLessThanOrEqual(blocked.connections + clients.perRequest);
    expect([...bodies]).toEqual(['49.5']);
  } finally {
    await endLocalTest(one);
  }
});
