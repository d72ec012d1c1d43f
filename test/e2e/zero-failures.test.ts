import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startCheckingClients } from '../cli/checking-client.ts';
import { type ClusterHome, type CommandResult, createClusterHome } from './cluster-home.ts';

const why = inject('whyNoCluster');

/** Requests a second: enough that each change meets some, little enough for a small machine. */
const rate = 100;

/** Clients outside of the cluster, each with a connection and some 20 requests a second, who look at each price. */
const clients = 16;
const pauseMs = 50;

describe.skipIf(why !== null)('a steady load from inside the cluster', () => {
  let home: ClusterHome;
  let url: string;

  beforeAll(async () => {
    home = await createClusterHome();
    const up = await home.run('up', '--min', '2', '--max', '6', '--scale-down-window', '0s', '--json');
    if (up.exitCode !== 0) throw new Error(up.stdout + up.stderr);
    url = `${up.json().url}/price?product_id=P124`;
  }, 600_000);

  afterAll(async () => {
    await home?.[Symbol.asyncDispose]();
  }, 120_000);

  test('sees no failure and no wrong price through rollout, scaling, price lists good, bad and gone, the deletion of a pod, a new kube-proxy and a service beside, without re-sending', { timeout: 600_000 }, async () => {
    const load = home.start('loadtest', '--engine', 'node', '--in-cluster', '--no-resend', '--rate', `${rate}/s`, '--duration', '9m', '--json');
    const outside = startCheckingClients(url, clients, pauseMs);
    try {
      await loadIsUnder(home);
      await lookInside(home);

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

      await losePrices(home);
      await succeeds(home.run('prices', 'push', await home.write('prices.txt', 'P123,19.99\nP124,51\nP125,10.0\nP126,5.75\n')));

      await kill(home, 'kube-proxy');
      await bringUpAnother(home);

      await succeeds(home.run('up', '--min', '2'));
      await expect.poll(() => readyReplicas(home), { timeout: 180_000, interval: 1_000 }).toBeLessThan(5);
      // The pods that go are drained for some seconds more.
      await expect.poll(() => podNames(home).then((names) => names.length), { timeout: 90_000, interval: 1_000 }).toBeLessThan(5);
      await succeeds(home.run('down', '--name', 'other'));
    } finally {
      load.kill('SIGINT');
      await outside[Symbol.asyncDispose]();
    }
    expect(outside.seen.failures).toEqual([]);
    expect([...outside.seen.bodies.keys()]).toEqual(['49.5', '50.25', '51']);
    const ended = await load.result;
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(130);
    const { metrics } = ended.json();
    console.log(`${metrics.http_reqs.values.count} requests, ${metrics.http_req_failed.values.passes} failed, longest ${metrics.http_req_duration.values.max} ms`);
    expect(metrics.http_req_failed.values.passes).toBe(0);
    expect(metrics.http_req_resent?.values.count ?? 0).toBe(0);
    expect(metrics.http_reqs.values.count).toBeGreaterThan(rate * 30);
  });

  test('fails requests when a server is killed only until it is back, fewer than a second has', { timeout: 120_000 }, async () => {
    const price = (await home.run('price', 'P124')).stdout.trim();
    await using outside = startCheckingClients(url, clients, pauseMs);
    const moreAnswers = async () => {
      const goal = outside.seen.answers + 200;
      await expect.poll(() => outside.seen.answers, { timeout: 30_000 }).toBeGreaterThan(goal);
    };
    await moreAnswers();
    const restarts = async () => (await home.run('status', '--json')).json().pods.reduce((sum: number, pod: { restarts: number }) => sum + pod.restarts, 0);
    const before = await restarts();
    await kill(home, '/app/server.js');
    await expect.poll(restarts, { timeout: 60_000 }).toBe(before + 1);
    await expect.poll(async () => (await home.run('status', '--json')).json().state, { timeout: 60_000 }).toBe('ready');
    const { length } = outside.seen.failures;
    console.log(`${length} of ${outside.seen.answers + length} requests failed`);
    // Until its address is gone, who connects anew may meet it.
    expect(length).toBeLessThan(clients * (1_000 / pauseMs));
    await moreAnswers();
    expect(outside.seen.failures).toHaveLength(length);
    expect([...outside.seen.bodies.keys()]).toEqual([price]);
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

/** Kills the oldest process of the node whose command line has these words, as its container or whoever keeps it will notice. */
async function kill(home: ClusterHome, words: string): Promise<void> {
  await succeeds(home.tool('docker', 'exec', 'pricectl', 'pkill', '-KILL', '--oldest', '--full', words));
}

/** A list that the pods refuse, past all checks of ours, and then none. */
async function losePrices(home: ClusterHome): Promise<void> {
  const inNamespace = (...args: string[]) => home.kubectl('--namespace', 'pricectl', ...args);
  await inNamespace('patch', 'configmap', 'price-api-prices', '--type=merge', '--patch', JSON.stringify({ data: { 'prices.txt': 'P124,abc\n' } }));
  // That makes the kubelet look.
  await inNamespace('annotate', 'pods', '--selector=app.kubernetes.io/component=server', 'look=now');
  const problems = async () => (await home.run('status', '--json')).json().pods.map(({ problem }: { problem: string | null }) => problem);
  const refused = 'serves older prices: prices.txt: line 1: price "abc" is not a number';
  await expect.poll(async () => [...new Set(await problems())], { timeout: 60_000 }).toEqual([refused]);
  await inNamespace('delete', 'configmap', 'price-api-prices');
}

/** Another service of the same namespace, with other prices; `up` has no need to wait for its metrics. */
async function bringUpAnother(home: ClusterHome): Promise<void> {
  const up = home.start('up', '--name', 'other', '--min', '1', '--prices', await home.write('others.txt', 'P124,7\n'));
  await expect.poll(() => up.stderr(), { timeout: 120_000 }).toMatch(/ pods /);
  up.kill('SIGTERM');
  await up.result;
  await succeeds(home.run('prices', 'push', await home.write('others.txt', 'P124,8\n'), '--name', 'other'));
  expect((await home.run('price', 'P124', '--name', 'other')).stdout).toBe('8\n');
  expect((await home.run('price', 'P124')).stdout).toBe('51\n');
}

/** What is run in a pod: Node is all that an image is sure to have. Prints what the process may, and what it finds. */
const look = `
const fs = require('node:fs');
const status = Object.fromEntries(fs.readFileSync('/proc/1/status', 'utf8').split('\\n').map((line) => line.split(':\\t')));
const isWritten = (file) => { try { fs.writeFileSync(file, ''); return true; } catch (error) { return error.code; } };
const { Uid, Gid, CapPrm, CapEff, CapBnd, NoNewPrivs, Seccomp } = status;
console.log(JSON.stringify({
  process: { Uid, Gid, CapPrm, CapEff, CapBnd, NoNewPrivs, Seccomp },
  written: ['/x', '/tmp/x', '/app/x', '/etc/pricectl/x'].map(isWritten),
  secrets: ['/var/run/secrets', '/run/secrets'].filter((path) => fs.existsSync(path)),
  app: fs.readdirSync('/app'),
  env: Object.keys(process.env).filter((name) => !name.startsWith('KUBERNETES_')),
}));`;

const ids = '10001\t10001\t10001\t10001';
const noCapability = '0'.repeat(16);

/** What runs has no rights that it doesn't need, in a namespace that admits no other; the policy is about the server's pods alone. */
async function lookInside(home: ClusterHome): Promise<void> {
  const inNamespace = (...args: string[]) => home.kubectl('--namespace', 'pricectl', ...args);
  expect(await home.kubectl('get', 'namespace', 'pricectl', '--output=jsonpath={.metadata.labels}')).toContain('"pod-security.kubernetes.io/enforce":"restricted"');
  for (const component of ['server', 'load']) {
    const pods = (await inNamespace('get', 'pods', `--selector=app.kubernetes.io/component=${component}`, '--output=name')).trim().split('\n');
    const found = JSON.parse(await inNamespace('exec', pods[0] ?? '', '--', 'node', '--eval', look));
    expect(found).toMatchObject({
      process: { Uid: ids, Gid: ids, CapPrm: noCapability, CapEff: noCapability, CapBnd: noCapability, NoNewPrivs: '1', Seccomp: '2' },
      secrets: [],
      app: expect.arrayContaining(['load.js', 'server.js']),
    });
    expect(found.app.filter((name: string) => !/\.(js|json|txt)$/.test(name)), 'no map, no dot file, no folder').toEqual([]);
    expect(new Set(found.written), component).toEqual(new Set(['EROFS']));
    expect(found.env.filter((name: string) => /secret|token|key|password|credential/i.test(name))).toEqual([]);
  }
  const policy = JSON.parse(await inNamespace('get', 'networkpolicy', 'price-api', '--output=json')).spec;
  const selector = Object.entries(policy.podSelector.matchLabels).map(([key, value]) => `${key}=${String(value)}`).join(',');
  const names = (...args: string[]) => inNamespace('get', 'pods', ...args, '--output=name');
  expect(await names('--selector', selector)).toBe(await names('--selector=app.kubernetes.io/component=server'));
  const ports = await inNamespace('get', 'endpointslices', '--selector=kubernetes.io/service-name=price-api', '--output=jsonpath={.items[*].ports[*].port}');
  expect(policy.ingress).toEqual([{ ports: [{ protocol: 'TCP', port: Number(ports) }] }]);
  expect(policy.egress ?? []).toEqual([]);
}
