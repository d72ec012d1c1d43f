import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ClusterHome, createClusterHome } from './cluster-home.ts';

const why = inject('whyNoCluster');

/** Of a command that a signal interrupts; SIGKILL leaves it none. */
const exitCodes: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143 };

describe.skipIf(why !== null)('when things break on a cluster', { shuffle: false }, () => {
  let home: ClusterHome;

  beforeAll(async () => {
    home = await createClusterHome();
  }, 60_000);

  afterAll(async () => {
    await home?.[Symbol.asyncDispose]();
  }, 120_000);

  /** Starts a command, sends it a signal when the condition comes true, and sees that nothing of it keeps running. */
  async function interrupt(signal: NodeJS.Signals, args: readonly string[], isTime: (stderr: string) => boolean | Promise<boolean>): Promise<void> {
    const command = home.start(...args);
    await expect.poll(async () => isTime(command.stderr()), { timeout: 120_000, interval: 20 }).toBe(true);
    command.kill(signal);
    expect((await command.result).exitCode, command.stderr()).toBe(exitCodes[signal]);
    // The program that a killed command waited for ends by itself, when it is done or has nobody to write to.
    await expect.poll(() => leftProcesses(home), { timeout: signal === 'SIGKILL' ? 120_000 : 10_000 }).toEqual([]);
  }

  test('an up that is interrupted in each of its steps is finished by the next', { timeout: 600_000 }, async () => {
    const up = ['up', '--min', '1', '--max', '3'];
    const nodeIsThere = async () => (await home.tool('docker', 'ps', '--format', '{{.Names}}')).stdout.split('\n').includes('pricectl');
    await interrupt('SIGKILL', up, nodeIsThere);
    await interrupt('SIGINT', up, (stderr) => /minikube target/.test(stderr));
    // Each line tells that the step before is done.
    const steps = { cluster: 'SIGTERM', metrics: 'SIGINT', image: 'SIGKILL', objects: 'SIGTERM', rollout: 'SIGINT', pods: 'SIGKILL' } as const;
    for (const [step, signal] of Object.entries(steps)) await interrupt(signal, up, (stderr) => stderr.includes(` ${step} `));
    const last = await home.run(...up, '--json');
    expect(last, last.stdout + last.stderr).toMatchObject({ exitCode: 0 });
    expect((await home.run('status', '--json')).json()).toMatchObject({ state: 'ready', replicas: { min: 1, max: 3 } });
  });

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

  test('an API server that is restarted in the middle of a rollout is waited for, and a watch goes on', { timeout: 300_000 }, async () => {
    const watch = home.start('watch', '--json', '--interval', '1s');
    await expect.poll(() => watch.stdout(), { timeout: 60_000 }).not.toBe('');
    const up = home.start('up', '--cpu-limit', '610m');
    await expect.poll(() => up.stderr(), { timeout: 60_000, interval: 20 }).toMatch(/ objects /);
    expect((await home.tool('docker', 'exec', 'pricectl', 'pkill', '-KILL', 'kube-apiserver')).exitCode).toBe(0);
    await expect.poll(async () => (await home.tool('kubectl', '--context', 'pricectl', 'get', '--raw', '/readyz')).exitCode, { timeout: 60_000 }).toBe(0);
    const seen = watch.stdout().length;
    expect(await up.result).toMatchObject({ exitCode: 0 });
    await expect.poll(() => watch.stdout().length, { timeout: 30_000 }).toBeGreaterThan(seen);
    watch.kill('SIGINT');
    expect(await watch.result).toMatchObject({ exitCode: 130 });
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

  test('a down that is interrupted in each of its steps is finished by the next', { timeout: 300_000 }, async () => {
    // A namespace stays as long as an API of the cluster doesn't answer: nobody knows what that has in it.
    const metricsApi = async () => (await home.tool('kubectl', '--context', 'pricectl', 'get', '--raw', '/apis/metrics.k8s.io/v1beta1')).exitCode;
    await expect.poll(metricsApi, { timeout: 120_000 }).toBe(0);
    const left = async (kind: string) => (await home.kubectl('--namespace', 'pricectl', 'get', kind, '--output=name')).trim();
    await interrupt('SIGKILL', ['down'], async () => (await left('hpa')) === '');
    await interrupt('SIGTERM', ['down'], async () => (await left('deployments')) === '');
    await interrupt('SIGINT', ['down'], (stderr) => / objects /.test(stderr));
    const down = await home.run('down', '--json');
    expect(down, down.stdout + down.stderr).toMatchObject({ exitCode: 0 });
    expect(await home.kubectl('get', 'namespaces', '--output=name'), down.stdout).not.toMatch(/pricectl/);
    expect(await stateFiles(home)).toEqual([expect.stringMatching(/pricectl\.json$/)]);
  });

  test('a cluster that is gone: down forgets it, status says absent', { timeout: 120_000 }, async () => {
    await interrupt('SIGTERM', ['up'], (stderr) => / objects /.test(stderr));
    await home.tool('minikube', 'delete', '--profile', 'pricectl');
    expect((await home.run('status', '--json')).json()).toMatchObject({ state: 'absent' });
    expect((await home.run('down', '--json')).json()).toMatchObject({ removed: true });
    expect((await home.run('down', '--json')).json()).toMatchObject({ removed: false });
  });
});

/** Command lines of all that runs in this home. */
async function leftProcesses(home: ClusterHome): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid) => {
      const [line = '', environment] = await Promise.all(['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')));
      return environment?.includes(`HOME=${home.folder}\0`) && line !== '' ? [line] : [];
    }),
  );
  return lines.flat();
}

/** What pricectl remembers in this home, but for runs: the profile that it made, services, locks. */
async function stateFiles(home: ClusterHome): Promise<readonly string[]> {
  const files = await readdir(join(home.folder, '.local/state/pricectl'), { recursive: true, withFileTypes: true });
  return files.flatMap((file) => (file.isFile() ? [file.name] : []));
}
