import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ClusterHome, createClusterHome } from './cluster-home.ts';

const why = inject('whyNoCluster');

/** One cluster for all: each test goes on from where the one before left the service. */
describe.skipIf(why !== null)('a service on minikube', { shuffle: false }, () => {
  let home: ClusterHome;

  beforeAll(async () => {
    home = await createClusterHome();
  }, 60_000);

  afterAll(async () => {
    await home?.[Symbol.asyncDispose]();
  }, 120_000);

  test('up makes the cluster, the image and the service, and reads the autoscaler', { timeout: 600_000 }, async () => {
    const up = await home.run('up', '--json');
    expect(up, up.stdout + up.stderr).toMatchObject({ exitCode: 0, stderr: '' });
    const result = up.json();
    expect(result).toMatchObject({ target: 'minikube', context: 'pricectl', namespace: 'pricectl', name: 'price-api', replicas: { min: 3, max: 10 }, prices: { rows: 4 } });
    expect(result.replicas.ready).toBeGreaterThanOrEqual(3);
    expect(result.url).toMatch(/^http:/);
    expect(result.image).toMatch(/price-api:[0-9a-f]{12}$/);
    const status = (await home.run('status', '--json')).json();
    expect(status).toMatchObject({ state: 'ready', autoscaler: { kind: 'kubernetes', cpuTarget: 50 } });
    expect(status.autoscaler.cpuPercent).toEqual(expect.any(Number));
    expect(status.pods.map((pod: { pricesSha256: string }) => pod.pricesSha256)).toEqual(Array.from({ length: status.pods.length }, () => result.prices.sha256));
  });

  test('the current context stays', async () => {
    expect((await home.tool('kubectl', 'config', 'current-context')).exitCode).not.toBe(0);
  });

  test('the doctor sees metrics as often as they were asked for, and nodes with room', async () => {
    const doctor = await home.run('doctor', '--json');
    expect(doctor, doctor.stdout).toMatchObject({ exitCode: 0 });
    const { checks } = doctor.json().targets.find(({ target }: { target: string }) => target === 'minikube');
    const states = Object.fromEntries(checks.map(({ name, state, found }: { name: string; state: string; found: string }) => [name, [state, found]]));
    expect(states).toMatchObject({ profile: ['ok', 'running'], runtime: ['ok', 'containerd'], metrics: ['ok', 'every 15 s'], nodes: [expect.any(String), expect.any(String)] });
  });

  test('up again changes nothing', async () => {
    const again = await home.run('up', '--json');
    expect(again, again.stdout).toMatchObject({ exitCode: 0 });
    expect(again.json().steps.map(({ title, outcome }: { title: string; outcome: string }) => [title, outcome])).toEqual(
      again.json().steps.map(({ title }: { title: string }) => [title, 'unchanged']),
    );
    expect(again.json().changes).toEqual([]);
  });

  test('price answers through the Service', async () => {
    expect(await home.run('price', 'P124')).toMatchObject({ exitCode: 0, stdout: '49.5\n' });
    expect((await home.run('price', 'NOPE')).exitCode).toBe(6);
  });

  test('new prices are pushed, seen in each pod, and kept by the next up', async () => {
    const file = await home.write('prices.txt', 'P124,50.25\nP200,1\n');
    const push = await home.run('prices', 'push', file, '--json');
    expect(push, push.stdout + push.stderr).toMatchObject({ exitCode: 0 });
    const { pods, prices, ms } = push.json();
    expect(prices.rows).toBe(2);
    expect(pods.every((pod: { sha256: string }) => pod.sha256 === prices.sha256)).toBe(true);
    // A kubelet that isn't told looks about once a minute.
    expect(ms).toBeLessThan(45_000);
    expect((await home.run('price', 'P124')).stdout).toBe('50.25\n');
    expect((await home.run('prices', 'show', '--json')).json()).toMatchObject({ same: true, prices: { sha256: prices.sha256 } });
    expect((await home.run('up', '--json')).json()).toMatchObject({ prices: { sha256: prices.sha256 }, changes: [] });
  });

  test('a bad list never leaves the machine', async () => {
    const file = await home.write('bad.txt', 'P124,1\nP125,abc\n');
    expect(await home.run('prices', 'push', file)).toMatchObject({ exitCode: 6, stderr: expect.stringMatching(/line 2/) });
    expect((await home.run('price', 'P124')).stdout).toBe('50.25\n');
  });

  test('logs of all pods, prefixed', async () => {
    const { lines } = (await home.run('logs', '--json')).json();
    const pods = new Set(lines.map((line: { pod: string }) => line.pod));
    expect(pods.size).toBeGreaterThanOrEqual(3);
    expect(lines.some((line: { text: string }) => /ready: 4 prices|reloaded: 2 prices/.test(line.text))).toBe(true);
  });

  test("an object that isn't ours is refused", async () => {
    await home.kubectl('--namespace', 'pricectl', 'create', 'service', 'clusterip', 'foreign', '--tcp=80:80');
    const up = await home.run('up', '--name', 'foreign', '--json');
    expect(up).toMatchObject({ exitCode: 3 });
    expect(up.json().error).toMatchObject({ code: 'PRICECTL_E_FOREIGN_OBJECT' });
    expect(await home.kubectl('--namespace', 'pricectl', 'get', 'deployments', '--output=name')).not.toMatch(/foreign/);
  });

  test('an image that is nowhere fails the rollout in words, and up mends it', { timeout: 300_000 }, async () => {
    const broken = await home.run('up', '--image', 'localhost/no-such-image:1', '--json');
    expect(broken.exitCode, broken.stdout).toBe(6);
    const { error } = broken.json();
    expect(error).toMatchObject({ code: 'PRICECTL_E_ROLLOUT_FAILED' });
    expect(error.message).toMatch(/price-api-\w+-\w+.*(ImagePullBackOff|ErrImagePull)/s);
    expect((await home.run('price', 'P124')).stdout).toBe('50.25\n');
    const image = (await home.run('status', '--json')).json();
    expect(image.replicas.ready).toBeGreaterThanOrEqual(3);
  });

  test('down removes what up made, and leaves what it did not', { timeout: 300_000 }, async () => {
    const down = await home.run('down', '--json');
    expect(down, down.stdout + down.stderr).toMatchObject({ exitCode: 0 });
    const kinds = 'all,configmaps,serviceaccounts,networkpolicies,poddisruptionbudgets,horizontalpodautoscalers';
    expect(await home.kubectl('get', kinds, '--all-namespaces', '--selector=app.kubernetes.io/managed-by=pricectl', '--output=name')).toBe('');
    // The foreign Service keeps the namespace.
    expect(await home.kubectl('--namespace', 'pricectl', 'get', 'services', '--output=name')).toBe('service/foreign\n');
    await home.kubectl('--namespace', 'pricectl', 'delete', 'service', 'foreign');
    expect((await home.run('down', '--json')).json()).toMatchObject({ removed: true });
    expect(await home.kubectl('get', 'namespaces', '--output=name')).not.toMatch(/pricectl/);
    expect((await home.run('status', '--json')).json()).toMatchObject({ state: 'absent' });
  });

  test('down --cluster deletes the profile that up made', { timeout: 120_000 }, async () => {
    expect((await home.run('down', '--cluster', '--json')).json()).toMatchObject({ removed: true });
    expect((await home.tool('minikube', 'status', '--profile', 'pricectl')).exitCode).toBe(85);
    expect((await home.run('down', '--cluster', '--json')).json()).toMatchObject({ removed: false });
  });
});
