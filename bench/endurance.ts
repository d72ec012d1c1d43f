/**
 * `npm run bench:endurance`: a local service under a steady, bounded load for half an hour, every answer judged, while its prices are replaced each
 * minute, a replica is killed each two, and the autoscaler scales out and in. Prints a line a minute and the result; docs/reliability.md has the last one.
 * Options: `--minutes 30`, `--rate 5000` requests a second, `--port 8099`. Linux only: it reads `/proc`. Exits with 1 when a promise was broken.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Clients, startClients } from './endurance/clients.ts';
import { createPriceLists, type PriceLists } from './endurance/price-lists.ts';
import { connectionsOf, createService, type Service } from './endurance/service.ts';
import { formatNumber } from './format.ts';
import { spreadOf } from './statistics.ts';
import { memoryMbOf } from './tools/processes.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' }, rate: { type: 'string', default: '5000' }, port: { type: 'string', default: '8099' } } });
const [minutes, rate, port] = [Number(values.minutes), Number(values.rate), Number(values.port)];
const connections = 50;
const minuteMs = 60_000;

/** A replica that was killed: its connections at that moment, and when, by the monotonic clock. */
interface Kill {
  readonly atMs: number;
  readonly connections: number;
}

/** A look at processes. */
interface Sample {
  readonly supervisorMb: number;
  readonly eldestMb: number;
  readonly replicas: number;
}

const reloadsMs: number[] = [];
const kills: Kill[] = [];
const samples: Sample[] = [];
const home = await mkdtemp(join(tmpdir(), 'pricectl-endurance-'));
try {
  const lists = await createPriceLists(join(home, 'prices.txt'));
  await using service = createService(home);
  await service.up('--prices', join(home, 'prices.txt'), '--port', String(port), '--min', '2', '--max', '6', '--cpu-target', '50', '--scale-down-window', '0s');
  const { url } = await service.look();
  let seen: Clients['seen'];
  {
    await using clients = startClients(url, lists, { rate, connections });
    ({ seen } = clients);
    const end = AbortSignal.timeout(minutes * minuteMs);
    const fault = new AbortController();
    const signal = AbortSignal.any([end, fault.signal]);
    for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => fault.abort());
    const loops = [
      every(signal, minuteMs, 15_000, () => reload(service, lists, signal)),
      every(signal, 2 * minuteMs, 45_000, () => kill(service)),
      every(signal, 3 * minuteMs, 20_000, () => service.up('--cpu-target', '10')),
      every(signal, 3 * minuteMs, 110_000, () => service.up('--cpu-target', '90')),
      every(signal, 5_000, 5_000, () => sample(service)),
      every(signal, minuteMs, minuteMs, () => printMinute(seen)),
    ];
    // The first loop that fails ends all.
    await Promise.all(loops.map((loop) => loop.catch((error: unknown) => {
      fault.abort();
      throw error;
    })));
  }
  printResult(seen);
} finally {
  await rm(home, { recursive: true, force: true });
}

/** Does something again and again, the first time after a delay, until the signal. What is under way then is finished. */
async function every(signal: AbortSignal, periodMs: number, firstAfterMs: number, act: () => Promise<void> | void): Promise<void> {
  const startedAt = performance.now();
  for (let round = 0; ; round += 1) {
    const dueMs = startedAt + firstAfterMs + round * periodMs;
    await delay(Math.max(0, dueMs - performance.now()), undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    await act();
  }
}

/** Replaces the prices and waits until every replica shows them. */
async function reload(service: Service, lists: PriceLists, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  const sha256 = await lists.replace();
  for (;;) {
    const { pods } = await service.look();
    if (pods.length > 0 && pods.every(({ pricesSha256 }) => pricesSha256 === sha256)) break;
    if (signal.aborted) return;
    if (performance.now() - startedAt > minuteMs) throw new Error(`new prices are not everywhere after a minute: ${JSON.stringify(pods)}`);
  }
  lists.confirm();
  reloadsMs.push(performance.now() - startedAt);
}

/** Kills a replica, any but the eldest: that one lives through all, and shows what memory does. */
async function kill(service: Service): Promise<void> {
  const { replicas } = await service.processes();
  const younger = replicas.slice(1);
  const victim = younger[Math.floor(Math.random() * younger.length)];
  if (victim === undefined) throw new Error('there is one replica only');
  // Stopped, it takes no connection between the count and its end.
  process.kill(victim, 'SIGSTOP');
  const held = await connectionsOf(victim, port);
  process.kill(victim, 'SIGKILL');
  kills.push({ atMs: performance.now(), connections: held });
}

async function sample(service: Service): Promise<void> {
  const { supervisor, replicas } = await service.processes();
  samples.push({ supervisorMb: memoryMbOf(supervisor) ?? Number.NaN, eldestMb: memoryMbOf(replicas[0] ?? 0) ?? Number.NaN, replicas: replicas.length });
}

function printMinute({ answers, wrong, failures, longestMs }: Clients['seen']): void {
  const { supervisorMb, eldestMb, replicas } = samples.at(-1) ?? { supervisorMb: Number.NaN, eldestMb: Number.NaN, replicas: 0 };
  const memory = `supervisor ${supervisorMb.toFixed(1)} MB, eldest replica ${eldestMb.toFixed(1)} MB`;
  console.log(`${formatNumber(answers)} answers, ${wrong.length} wrong, ${failures.length} failed, longest ${longestMs.toFixed(0)} ms; ${replicas} replicas, ${kills.length} killed, ${reloadsMs.length} reloads; ${memory}`);
}

function printResult({ answers, wrong, failures, slow, longestMs }: Clients['seen']): void {
  const counts = kills.map(({ atMs, connections: held }, index) => ({ held, failed: failures.filter((failure) => failure.atMs >= atMs && failure.atMs < (kills[index + 1]?.atMs ?? Infinity)).length }));
  const ofKills = counts.reduce((sum, { failed }) => sum + failed, 0);
  const changes = samples.filter(({ replicas }, index) => index > 0 && replicas !== samples[index - 1]?.replicas).length;
  const isKept = wrong.length === 0 && ofKills === failures.length && counts.every(({ held, failed }) => failed <= held);
  print('answers', `${formatNumber(answers)}, ${formatNumber(answers / (minutes * 60))} a second; wrong ${wrong.length}`);
  print('failed', `${failures.length}, ${ofKills} of them after a kill; per kill ${counts.map(({ failed, held }) => `${failed} of ${held}`).join(', ')}`);
  const sinceKill = slow.map(({ atMs, ms }) => `${ms.toFixed(0)} ms, ${((atMs - (kills.findLast((kill) => kill.atMs <= atMs)?.atMs ?? Number.NaN)) / 1_000).toFixed(1)} s after a kill`);
  print('longest request', `${longestMs.toFixed(0)} ms; ${slow.length} longer than 1,000 ms${sinceKill.length > 0 ? `: ${sinceKill.slice(0, 10).join('; ')}` : ''}`);
  print('reloads', `${reloadsMs.length}, everywhere after ${spreadOf(reloadsMs).median.toFixed(0)} ms (median), ${Math.max(...reloadsMs).toFixed(0)} ms (longest)`);
  print('replicas', `${Math.min(...samples.map(({ replicas }) => replicas))} to ${Math.max(...samples.map(({ replicas }) => replicas))}, ${changes} changes seen`);
  print('memory of the supervisor', growth(samples.map(({ supervisorMb }) => supervisorMb)));
  print('memory of the eldest replica', growth(samples.map(({ eldestMb }) => eldestMb)));
  for (const problem of [...wrong, ...failures.map(({ what }) => what)].slice(0, 20)) print('', problem);
  print('promises', isKept ? 'kept: 0 wrong, failures only of the killed, at most one on each of their connections' : 'BROKEN');
  if (!isKept) process.exitCode = 1;
}

/** Medians of the three thirds of a run. */
function growth(mb: readonly number[]): string {
  const third = Math.ceil(mb.length / 3);
  const medians = [0, 1, 2].map((part) => spreadOf(mb.slice(part * third, (part + 1) * third)).median);
  const [, second = Number.NaN, last = Number.NaN] = medians;
  return `${medians.map((median) => median.toFixed(1)).join(', ')} MB (medians of the thirds), last against second ${(last / second).toFixed(3)}x, most ${Math.max(...mb).toFixed(1)} MB`;
}

function print(what: string, text: string): void {
  console.log(`${what.padEnd(30)} ${text}`);
}
