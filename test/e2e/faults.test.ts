import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ClusterHome, createClusterHome } from './cluster-home.ts';

const why = inject('whyNoCluster');

describe.skipIf(why !== null)('when things break on a cluster', { shuffle: false }, () => {
  let home: ClusterHome;

  beforeAll(async () => {
    home = await createClusterHome();
    const up = await home.run('up', '--min', '1', '--max', '3');
    if (up.exitCode !== 0) throw new Error(up.stderr);
  }, 600_000);

  afterAll(async () => {
    await home?.[Symbol.asyncDispose]();
  }, 120_000);

  test('a namespace that was there before is used, not labelled, and stays', { timeout: 300_000 }, async () => {
    await home.kubectl('create', 'namespace', 'shop');
    const before = await home.kubectl('get', 'namespace', 'shop', '--output=jsonpath={.metadata.labels}{.metadata.annotations}');
    const flags = ['--namespace', 'shop', '--name', 'second', '--min', '1'];
    expect(await home.run('up', ...flags)).toMatchObject({ exitCode: 0 });
    expect((await home.run('status', '--namespace', 'shop', '--name', 'second', '--json')).json()).toMatchObject({ state: 'ready', namespace: 'shop' });
    expect(await home.run('down', '--namespace', 'shop', '--name', 'second')).toMatchObject({ exitCode: 0 });
    expect(await home.kubectl('get', 'namespace', 'shop', '--output=jsonpath={.metadata.labels}{.metadata.annotations}')).toBe(before);
    expect((await home.run('status', '--json')).json()).toMatchObject({ state: 'ready' });
  });

  test('two ups at once: the second says who holds the lock', async () => {
    // Long enough for the second: new pods take their time.
    const first = home.start('up', '--max', '4', '--cpu-limit', '550m');
    await expect.poll(() => first.stderr(), { timeout: 30_000 }).toMatch(/prices/);
    const second = await home.run('up', '--json');
    expect(second.exitCode).toBe(3);
    expect(second.json().error).toMatchObject({ code: 'PRICECTL_E_LOCKED', message: expect.stringMatching(/pricectl up/) });
    expect((await first.result).exitCode).toBe(0);
  });

  test.each(['SIGINT', 'SIGKILL'] as const)('%s in the middle of up: up mends it', { timeout: 300_000 }, async (signal) => {
    const limit = signal === 'SIGINT' ? '610m' : '620m';
    const interrupted = home.start('up', '--cpu-limit', limit);
    await expect.poll(() => interrupted.stderr(), { timeout: 60_000 }).toMatch(/objects/);
    interrupted.kill(signal);
    expect((await interrupted.result).exitCode).toBe(signal === 'SIGINT' ? 130 : undefined);
    await expect.poll(() => leftProxies(home), { timeout: 10_000 }).toEqual([]);
    expect(await home.run('up')).toMatchObject({ exitCode: 0 });
    expect((await home.run('status', '--json')).json()).toMatchObject({ state: 'ready' });
  });

  test('a request that no node can hold is refused in words', { timeout: 300_000 }, async () => {
    const up = await home.run('up', '--cpu-request', '100', '--cpu-limit', '100', '--json');
    expect(up.exitCode, up.stdout).toBe(6);
    expect(up.json().error.message).toMatch(/cpu/i);
    expect(await home.run('up', '--cpu-request', '100m', '--cpu-limit', '500m')).toMatchObject({ exitCode: 0 });
  });

  test('a list too large for a ConfigMap says what to do, and changes nothing', async () => {
    const lines = Array.from({ length: 400_000 }, (_, row) => `P${(row * 2_654_435_761) % 4_294_967_296},${row % 997}.${row % 89}`);
    const file = await home.write('large.txt', `${lines.join('\n')}\n`);
    const up = await home.run('up', '--prices', file, '--json');
    expect(up.json().error, up.stdout).toMatchObject({ code: 'PRICECTL_E_PRICES_TOO_LARGE', hints: [expect.stringMatching(/https/)] });
  });

  test('the seed of another cluster: any context by its name, with an image that is there', { timeout: 300_000 }, async () => {
    const image = await home.kubectl('--namespace', 'pricectl', 'get', 'deployment', 'price-api', '--output=jsonpath={.spec.template.spec.containers[0].image}');
    const kube = ['--target', 'kube', '--context', 'pricectl', '--namespace', 'kube-ns'];
    expect(await home.run('up', '--target', 'kube')).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/--context/) });
    const up = await home.run('up', ...kube, '--image', image, '--min', '1', '--json');
    expect(up.exitCode, up.stdout + up.stderr).toBe(0);
    expect(up.json()).toMatchObject({ target: 'kube', context: 'pricectl' });
    // A ClusterIP is reached through a port-forward, which a single question may use.
    expect(await home.run('price', ...kube, 'P124')).toMatchObject({ exitCode: 0, stdout: '49.5\n' });
    expect(await home.run('down', ...kube)).toMatchObject({ exitCode: 0 });
    expect(await home.kubectl('get', 'namespaces', '--output=name')).not.toMatch(/kube-ns/);
  });

  test('a stopped cluster: status says so, down says how to go on, up starts it with the same settings', { timeout: 300_000 }, async () => {
    expect((await home.tool('minikube', 'stop', '--profile', 'pricectl')).exitCode).toBe(0);
    expect((await home.run('status', '--json')).json()).toMatchObject({ state: 'stopped', replicas: { min: 1, max: 4 } });
    expect((await home.run('down', '--json')).json().error).toMatchObject({ code: 'PRICECTL_E_CLUSTER_STOPPED' });
    const up = await home.run('up', '--json');
    expect(up.exitCode, up.stdout).toBe(0);
    expect(up.json()).toMatchObject({ changes: [], replicas: { min: 1, max: 4 } });
  });

  test('a cluster that is gone: down forgets it, status says absent', { timeout: 120_000 }, async () => {
    await home.tool('minikube', 'delete', '--profile', 'pricectl');
    expect((await home.run('status', '--json')).json()).toMatchObject({ state: 'absent' });
    expect((await home.run('down', '--json')).json()).toMatchObject({ removed: true });
    expect((await home.run('down', '--json')).json()).toMatchObject({ removed: false });
  });
});

/** Command lines of proxies and port-forwards of this home that are still there. */
async function leftProxies(home: ClusterHome): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid) => {
      const [line, environment] = await Promise.all(['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')));
      return environment?.includes(`HOME=${home.folder}\0`) && /\0(proxy|port-forward)\0/.test(line ?? '') ? [line ?? ''] : [];
    }),
  );
  return lines.flat();
}
