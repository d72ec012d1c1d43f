import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ClusterHome, type CommandResult, createClusterHome } from './cluster-home.ts';

const why = inject('whyNoCluster');

/** Requests a second: enough that each change meets some, little enough for a small machine. */
const rate = 100;

describe.skipIf(why !== null)('a steady load from inside the cluster', () => {
  let home: ClusterHome;

  beforeAll(async () => {
    home = await createClusterHome();
    await succeeds(home.run('up', '--min', '2', '--max', '6', '--scale-down-window', '0s'));
  }, 600_000);

  afterAll(async () => {
    await home?.[Symbol.asyncDispose]();
  }, 120_000);

  test('sees no failure through rollout, scale-out, scale-in, price push and the deletion of a pod, without re-sending', { timeout: 600_000 }, async () => {
    const load = home.start('loadtest', '--engine', 'node', '--in-cluster', '--no-resend', '--rate', `${rate}/s`, '--duration', '9m', '--json');
    try {
      await loadIsUnder(home);

      const before = await podNames(home);
      await succeeds(home.run('up', '--cpu-limit', '600m'));
      const after = await podNames(home);
      expect(after.filter((name) => before.includes(name))).toEqual([]);

      await succeeds(home.run('up', '--min', '5'));
      await expect.poll(() => readyReplicas(home), { timeout: 120_000, interval: 1_000 }).toBeGreaterThanOrEqual(5);

      const prices = await home.write('prices.txt', 'P123,19.99\nP124,50.25\nP125,10.0\nP126,5.75\n');
      await succeeds(home.run('prices', 'push', prices));

      const [victim = ''] = await podNames(home);
      await home.kubectl('--namespace', 'pricectl', 'delete', 'pod', victim, '--wait=true');

      await succeeds(home.run('up', '--min', '2'));
      await expect.poll(() => readyReplicas(home), { timeout: 180_000, interval: 1_000 }).toBeLessThan(5);
      // The pods that go are drained for some seconds more.
      await expect.poll(() => podNames(home).then((names) => names.length), { timeout: 90_000, interval: 1_000 }).toBeLessThan(5);
    } finally {
      load.kill('SIGINT');
    }
    const ended = await load.result;
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(130);
    const { metrics } = ended.json();
    console.log(`${metrics.http_reqs.values.count} requests, ${metrics.http_req_failed.values.passes} failed, longest ${metrics.http_req_duration.values.max} ms`);
    expect(metrics.http_req_failed.values.passes).toBe(0);
    expect(metrics.http_req_resent?.values.count ?? 0).toBe(0);
    expect(metrics.http_reqs.values.count).toBeGreaterThan(rate * 30);
  });
});

async function succeeds(running: Promise<CommandResult>): Promise<void> {
  const ended = await running;
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
}

/** Waits until the pod that makes load has begun. */
async function loadIsUnder(home: ClusterHome): Promise<void> {
  const selector = '--selector=app.kubernetes.io/component=load';
  const phase = () => home.kubectl('--namespace', 'pricectl', 'get', 'pods', selector, '--output=jsonpath={.items[*].status.phase}');
  await expect.poll(phase, { timeout: 60_000, interval: 500 }).toBe('Running');
}

/** Names of the pods that are not being deleted. */
async function podNames(home: ClusterHome): Promise<readonly string[]> {
  const selector = '--selector=app.kubernetes.io/component=server';
  const list: { items: { metadata: { name: string; deletionTimestamp?: string } }[] } = JSON.parse(await home.kubectl('--namespace', 'pricectl', 'get', 'pods', selector, '--output=json'));
  return list.items.flatMap(({ metadata }) => (metadata.deletionTimestamp === undefined ? [metadata.name] : []));
}

async function readyReplicas(home: ClusterHome): Promise<number> {
  return Number(await home.kubectl('--namespace', 'pricectl', 'get', 'deployment', 'price-api', '--output=jsonpath={.status.readyReplicas}'));
}
