// `npm run bench:cluster`: how long things take on a cluster, as ratios within one run. Makes the service by the minikube target in a namespace of
// its own and removes it; the profile stays. Arguments choose parts: `up`, `latency`, `scale-out` (12 minutes), `seed` (9 minutes); without any, all.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const launcher = fileURLToPath(new URL('../bin/run.js', import.meta.url));
const service = ['--target', 'minikube', '--namespace', 'bench', '--name', 'bench'];

const folder = await mkdtemp(join(tmpdir(), 'pricectl-bench-'));
const parts = { up: repeatedUp, latency: scaleOutLatency, 'scale-out': firstScaleOut, seed: seedProfile };
const wanted = process.argv.slice(2);
try {
  await pricectl('up', '--quiet');
  for (const [name, measure] of Object.entries(parts)) if (wanted.length === 0 || wanted.includes(name)) await measure();
} finally {
  await pricectl('down', '--quiet');
  await rm(folder, { recursive: true, force: true });
}

/** An `up` with nothing to do against what it can't do without. */
async function repeatedUp(): Promise<void> {
  const ups: number[] = [];
  const probes: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    ups.push(await timed(() => pricectl('up', '--quiet')));
    probes.push(await timed(async () => {
      await run('kubectl', ['--context', 'pricectl', 'version']);
      await run('minikube', ['--profile', 'pricectl', 'status']);
    }));
  }
  const [up, probe] = [median(ups), median(probes)];
  print('up with nothing to do', `${seconds(up)}, kubectl version + minikube status ${seconds(probe)}: ${seconds(up - probe)} more (wanted: at most 3 s)`);
}

/** The longest request over a forced scale-out from 3 to 6 with the seed's load running. */
async function scaleOutLatency(): Promise<void> {
  await pricectl('up', '--quiet', '--min', '3');
  const load = pricectl('loadtest', '--engine', 'node', '--in-cluster', '--vus', '100', '--duration', '60s', '--json');
  await delay(15_000);
  await pricectl('up', '--quiet', '--min', '6');
  const { http_req_duration: duration, http_req_failed: failed } = JSON.parse(await load).metrics;
  print('3 -> 6 under the seed load', `longest request ${duration.values.max.toFixed(1)} ms, ${failed.values.passes} failed (wanted: below 250 ms, 0; the original: 3,290 ms)`);
  await pricectl('up', '--quiet', '--min', '3', '--scale-down-window', '0s');
  await until(async () => (await desiredReplicas()) === 3);
}

/**
 * From a step of the load to the first scale-out, with metrics every 15 s and every 60 s. How long it takes depends on when the last look at the CPU
 * was: so three times each, a different part of the interval after it.
 */
async function firstScaleOut(): Promise<void> {
  const medians: number[] = [];
  for (const resolutionMs of [15_000, 60_000]) {
    await pricectl('up', '--quiet', '--min', '3', '--metric-resolution', `${resolutionMs / 1_000}s`, '--scale-down-window', '0s');
    // A new metrics-server looks at once, which no running one does.
    await run('kubectl', ['--context', 'pricectl', '--namespace', 'kube-system', 'rollout', 'status', 'deployment/metrics-server']);
    const times: number[] = [];
    for (const part of [0.25, 0.5, 0.75]) {
      await until(async () => (await desiredReplicas()) === 3);
      await nextLook();
      await delay(part * resolutionMs);
      times.push(await timeToScaleOut());
    }
    medians.push(median(times));
    print(`  metrics every ${resolutionMs / 1_000} s`, times.map(seconds).join(', '));
  }
  const [fast = Number.NaN, slow = Number.NaN] = medians;
  print('load step to first scale-out', `medians ${seconds(fast)} and ${seconds(slow)}: ${(fast / slow).toFixed(2)} times (wanted: at most 0.5)`);
  await pricectl('up', '--quiet', '--metric-resolution', '15s', '--scale-down-window', '5m');
}

async function timeToScaleOut(): Promise<number> {
  const load = pricectl('loadtest', '--engine', 'node', '--in-cluster', '--rate', '6000/s', '--duration', '4m', '--json').catch(() => '');
  await until(isLoadRunning);
  const ms = await timed(() => until(async () => (await desiredReplicas()) > 3));
  await removeLoad();
  await load;
  return ms;
}

/** Waits until metrics-server has looked at the service's pods once more. */
async function nextLook(): Promise<void> {
  const last = await newestLook();
  await until(async () => (await newestLook()) > last);
}

/** When metrics-server last looked, RFC 3339; empty when it hasn't yet. */
async function newestLook(): Promise<string> {
  const { stdout } = await run('kubectl', ['--context', 'pricectl', 'get', '--raw', '/apis/metrics.k8s.io/v1beta1/namespaces/bench/pods']).catch(() => ({ stdout: '{"items":[]}' }));
  const { items }: { items: { timestamp: string }[] } = JSON.parse(stdout);
  return items.map(({ timestamp }) => timestamp).toSorted().at(-1) ?? '';
}

async function isLoadRunning(): Promise<boolean> {
  const { stdout } = await run('kubectl', ['--context', 'pricectl', '--namespace', 'bench', 'get', 'pods', '--selector=app.kubernetes.io/component=load', '--output=jsonpath={.items[*].status.phase}']);
  return stdout === 'Running';
}

/** The original experiment: 100 users, 9 minutes. */
async function seedProfile(): Promise<void> {
  const { metrics } = JSON.parse(await pricectl('loadtest', '--engine', 'node', '--in-cluster', '--json'));
  const { values } = metrics.http_req_duration;
  print('seed profile', `${metrics.http_reqs.values.count} requests, ${metrics.http_req_failed.values.passes} failed, p95 ${values['p(95)'].toFixed(2)} ms, longest ${values.max.toFixed(1)} ms (wanted: below 250 ms)`);
}

async function pricectl(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [launcher, ...args, ...service], { cwd: folder, maxBuffer: 64e6 });
  return stdout;
}

async function desiredReplicas(): Promise<number> {
  const { stdout } = await run('kubectl', ['--context', 'pricectl', '--namespace', 'bench', 'get', 'hpa', 'bench', '--output=jsonpath={.status.desiredReplicas}']);
  return Number(stdout);
}

/** Ends the load early: what it would measure is not wanted. */
async function removeLoad(): Promise<void> {
  await run('kubectl', ['--context', 'pricectl', '--namespace', 'bench', 'delete', 'jobs', '--selector=app.kubernetes.io/component=load', '--wait=true']);
}

async function until(isDone: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 300_000;
  while (!(await isDone())) {
    if (performance.now() > deadline) throw new Error('it did not happen within 5 minutes');
    await delay(250);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function print(what: string, figures: string): void {
  console.log(`${what.padEnd(30)} ${figures}`);
}
