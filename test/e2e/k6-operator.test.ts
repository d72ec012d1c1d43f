import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { EngineResult, LoadProgress, LoadRequest } from '../../src/load/engine.ts';
import type { K6Script } from '../../src/load/k6/script.ts';
import { generateScript } from '../../src/load/k6/script-price.ts';
import { createK6OperatorEngine } from '../../src/load/k6-operator/engine.ts';
import { buildProfile } from '../../src/load/profile-builder.ts';
import { systemClock } from '../../src/tools/clock.ts';
import { createHttpClient } from '../../src/tools/http.ts';
import type { KubeApi } from '../../src/tools/kube-api.ts';
import { createKubectl } from '../../src/tools/kubectl.ts';
import { createProcesses } from '../../src/tools/process.ts';
import { type ClusterHome, type CommandResult, createClusterHome } from './cluster-home.ts';

const why = inject('whyNoCluster');

/** Where nothing can be pulled: a program that brings the images of k6 and its operator, and the operator, into the cluster of a profile. */
const install = process.env['PRICECTL_E2E_K6_INSTALL'];

const never = new AbortController().signal;

interface Load {
  readonly vus: number;
  readonly seconds: number;
  readonly parallelism: number;
  readonly thinkTimeMs?: number;
  readonly script?: Partial<K6Script>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
}

async function succeed(command: Promise<CommandResult>): Promise<void> {
  const { exitCode, stdout, stderr } = await command;
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stdout}${stderr}`);
}

describe.skipIf(why !== null)('load by k6-operator', { shuffle: false }, () => {
  let home: ClusterHome;
  let api: KubeApi & AsyncDisposable;

  beforeAll(async () => {
    home = await createClusterHome();
    await succeed(home.run('up', '--json'));
    if (install !== undefined) await succeed(home.tool(install, 'pricectl'));
    api = await createKubectl({ context: 'pricectl', processes: createProcesses(), env: { ...process.env, KUBECONFIG: join(home.folder, 'kubeconfig') } }).openApi(never);
  }, 600_000);

  afterAll(async () => {
    await api?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
  }, 120_000);

  async function run({ vus, seconds, parallelism, thinkTimeMs = 200, script, signal = never, onProgress = () => {} }: Load): Promise<EngineResult> {
    const request: LoadRequest = { profile: buildProfile({ vus, durationMs: seconds * 1_000, thinkTimeMs }), url: 'http://price-api:8080', ids: ['P124', 'P125'], resend: true, requestTimeoutMs: 60_000 };
    const engine = createK6OperatorEngine({
      service: { identity: { target: 'minikube', context: 'pricectl', namespace: 'pricectl', name: 'price-api' }, api: async () => api, http: createHttpClient(), clock: systemClock },
      script: { ...generateScript(request), ...script },
      parallelism,
      keep: false,
      bundle: undefined,
      samplesFolder: undefined,
      confirmInstall: async () => true,
      onNotice: () => {},
    });
    return engine.start(request, { signal, onProgress }).result;
  }

  /** Prices that the servers say they have told. */
  async function served(): Promise<number> {
    const pods = await home.kubectl('--namespace', 'pricectl', 'get', 'pods', '--selector=app.kubernetes.io/component=server', '--output=name');
    const counts = pods.split('\n').filter((name) => name !== '').map(async (name) => {
      const metrics = await home.kubectl('get', '--raw', `/api/v1/namespaces/pricectl/pods/${name.replace('pod/', '')}:5000/proxy/metrics`);
      return Number(/^http_requests_total\{method="GET",route="\/price",code="200"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
    });
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  }

  async function killSecondRunner(): Promise<string> {
    const pods = await home.kubectl('--namespace', 'pricectl', 'get', 'pods', '--selector=runner=true', '--output=name');
    return home.kubectl('--namespace', 'pricectl', 'delete', '--grace-period=0', '--force', pods.split('\n').find((name) => /-2-\w+$/.test(name)) ?? '');
  }

  async function expectNothingLeft(): Promise<void> {
    const left = await home.kubectl('--namespace', 'pricectl', 'get', 'testruns,jobs,pods,services,configmaps', '--selector=app.kubernetes.io/component=load', '--output=name');
    expect(left).toBe('');
  }

  test('three runners make one result, and no request is lost or counted twice', { timeout: 240_000 }, async () => {
    const progress: LoadProgress[] = [];
    expect(await home.kubectl('get', 'namespace', 'pricectl', '--output=jsonpath={.metadata.labels}')).toContain('"pod-security.kubernetes.io/enforce":"restricted"');
    const before = await served();
    const result = await run({ vus: 20, seconds: 30, parallelism: 3, onProgress: (now) => void progress.push(now) });
    expect(result).toMatchObject({ interrupted: false, runners: Array.from({ length: 3 }, () => ({ exitCode: 0, payload: 'received', reason: null })) });
    const requests = result.metrics.get('http_reqs');
    expect(requests).toMatchObject({ type: 'counter', count: (await served()) - before });
    expect(result.runners.reduce((sum, runner) => sum + runner.requests, 0)).toBe(requests?.type === 'counter' ? requests.count : 0);
    expect(result.checks).toMatchObject([{ fails: 0 }]);
    expect(result.ms).toBeGreaterThanOrEqual(30_000);
    expect(Math.max(...progress.map(({ vus }) => vus))).toBe(20);
    expect(progress.length).toBeGreaterThan(20);
    expect(result.warnings).toEqual(expect.arrayContaining([expect.stringMatching(/20 VUs can't be divided by 3 runners/), expect.stringMatching(/share nodes with the service/)]));
    await expectNothingLeft();
  });

  test('every sample of a small run is kept, of each runner', { timeout: 180_000 }, async () => {
    const load = await home.run('loadtest', '--raw', '--parallelism', '2', '--vus', '6', '--duration', '8s', '--think-time', '100ms', '--json');
    expect(load, load.stderr).toMatchObject({ exitCode: 0 });
    const { folder, metrics, runners, verdict } = load.json();
    expect(verdict).toBe('passed');
    const files = (await readdir(folder)).filter((name) => name.includes('samples')).toSorted();
    expect(files).toEqual(['k6-1.samples.json', 'k6-2.samples.json']);
    const counts = await Promise.all(files.map(async (file) => {
      const lines = (await readFile(join(folder, file), 'utf8')).trim().split('\n').map((line): { type: string; metric: string } => JSON.parse(line));
      return lines.filter(({ type, metric }) => type === 'Point' && metric === 'http_req_duration').length;
    }));
    expect(counts).toEqual(runners.map(({ requests }: { requests: number }) => requests));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(metrics.http_reqs.values.count);
    expect(metrics.http_reqs.values.count).toBeGreaterThan(100);
    await expectNothingLeft();
  });

  test("a script that k6 can't run is named with its error", { timeout: 120_000 }, async () => {
    const files = new Map([['main.js', 'export default function () { const x = ; }']]);
    await expect(run({ vus: 2, seconds: 5, parallelism: 1, script: { files, maxVus: null } })).rejects.toMatchObject({ code: 'PRICECTL_E_SCRIPT', message: expect.stringMatching(/^k6 can't run the script: .*main\.js.*Unexpected token/) });
    await expectNothingLeft();
  });

  test.each([['known', {}], ['found out by k6', { maxVus: null }]])('more runners than VUs (%s) are refused', { timeout: 120_000 }, async (_, script) => {
    await expect(run({ vus: 20, seconds: 5, parallelism: 50, script })).rejects.toMatchObject({ kind: 'usage', message: expect.stringMatching(/^50 runners are more than the 20 virtual users/) });
    await expectNothingLeft();
  });

  test('a runner that is killed in mid-run is named, and the others count', { timeout: 180_000 }, async () => {
    let killed: Promise<string> | undefined;
    const result = await run({ vus: 9, seconds: 15, parallelism: 3, onProgress: ({ requests }) => void (requests > 40 && (killed ??= killSecondRunner())) });
    await killed;
    const [first, second, third] = result.runners;
    expect([first, third]).toMatchObject([{ exitCode: 0, payload: 'received' }, { exitCode: 0, payload: 'received' }]);
    expect(second?.name).toMatch(/-2$/);
    // Its summary may come through before its pod is gone, or not.
    expect(second?.exitCode).not.toBe(0);
    expect(second?.reason).toMatch(/told to end|pod was deleted/);
    await expectNothingLeft();
  });

  test('an abort stops the runners, whose results still come', { timeout: 120_000 }, async () => {
    const controller = new AbortController();
    const before = await served();
    const result = await run({ vus: 6, seconds: 120, parallelism: 2, signal: controller.signal, onProgress: ({ requests }) => void (requests > 30 && controller.abort(new Error('enough'))) });
    expect(result).toMatchObject({ interrupted: true, runners: [{ exitCode: 103, payload: 'received' }, { exitCode: 103, payload: 'received' }] });
    // A request that is under way when k6 stops is not counted by it.
    const requests = result.runners.reduce((sum, runner) => sum + runner.requests, 0);
    expect(requests).toBeGreaterThan(30);
    expect((await served()) - before - requests).toBeLessThanOrEqual(6);
    await expectNothingLeft();
  });

  test('down removes what a killed load test left behind', { timeout: 180_000 }, async () => {
    const left = run({ vus: 2, seconds: 60, parallelism: 1, signal: never }).catch((error: unknown) => error);
    for (;;) {
      const pods = await home.kubectl('--namespace', 'pricectl', 'get', 'pods', '--selector=runner=true', '--output=name');
      if (pods !== '') break;
      await delay(500);
    }
    const down = await home.run('down', '--json');
    expect(down, down.stdout + down.stderr).toMatchObject({ exitCode: 0 });
    expect(await home.kubectl('get', 'namespaces', '--output=name')).not.toMatch(/namespace\/pricectl$/m);
    expect(await left).toBeDefined();
  });
});
