/**
 * `npm run bench:scale`: the arithmetic of docs/scale.md: replicas, memory and nodes for a load and a price list; the autoscaler's way there; how evenly
 * shards are filled and asked. Simulated, nothing is started. By default from rounded-down figures, so that it prints what the page says.
 * Options: `--demand 1000000` requests a second, `--rows 1000000000`, `--measured` to take what `npm run bench` measured on this machine.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { SectionResult } from './findings.ts';
import { formatNumber } from './format.ts';
import { type ScalingCase, simulateScaling } from './scale/autoscaling.ts';
import { hashIds, type ShardSize, shardSize, spreadOver } from './scale/shards.ts';
import { spreadOf } from './statistics.ts';

const { values } = parseArgs({
  options: {
    demand: { type: 'string', default: '1000000' },
    rows: { type: 'string', default: '1000000000' },
    measured: { type: 'boolean', default: false },
  },
});
const [demand, rows] = [Number(values.demand), Number(values.rows)];
const perCore = measured('server', 'requests a second', 'pricectl') ?? 80_000;
const enginePerCore = measured('engine', 'requests a second', 'node engine') ?? 80_000;
const k6PerCore = measured('engine', 'requests a second', 'k6') ?? 10_000;
const rowsPerSecond = measured('table', 'rows a second until ready', 'pricectl') ?? 4_000_000;
const rowBytes = 20;
const cpuTarget = 50;
/** Nodes of a common size, without what the system takes of them. */
const node = { cores: 7.5, bytes: 28 * 2 ** 30 };

/** A median that was measured here; undefined without one, or when nobody asked for it. */
function measured(section: string, what: string, name: string): number | undefined {
  if (!values.measured) return undefined;
  try {
    const { comparisons }: SectionResult = JSON.parse(readFileSync(new URL(`results/${section}.json`, import.meta.url), 'utf8'));
    const figure = comparisons.find((comparison) => comparison.what === what)?.figures.find((figure) => figure.name === name);
    return figure && spreadOf(figure.values).median;
  } catch {
    return undefined;
  }
}

function printReplicas(): void {
  const cores = demand / perCore;
  print('Replicas', [
    ['one core answers', `${formatNumber(perCore)} req/s`],
    [`${formatNumber(demand)} req/s keep busy`, `${cores.toFixed(1)} cores`],
    [`at ${cpuTarget} % of the request: 1 core a pod`, `${Math.ceil((cores * 100) / cpuTarget)} pods`],
    [`at ${cpuTarget} % of the request: 100m a pod (default)`, `${Math.ceil((cores * 100) / cpuTarget / 0.1)} pods`],
    ['most that the default, --max 10 and a limit of 500m, answers', `${formatNumber(10 * 0.5 * perCore)} req/s`],
    ['cores of load, node engine, at 60 % of a core', `${Math.ceil(demand / enginePerCore / 0.6)}`],
    ['cores of load, k6, at 60 % of a core', `${Math.ceil(demand / k6PerCore / 0.6)}`],
  ]);
}

function printScaling(): void {
  const base = { demand, perCore, cpuTarget, minReplicas: 3, startMs: 5_000 };
  const cases: readonly (readonly [string, ScalingCase])[] = [
    ['100m, limit 500m, --max 10', { ...base, requestMillicores: 100, limitMillicores: 500, maxReplicas: 10 }],
    ['100m, limit 500m, --max 500', { ...base, requestMillicores: 100, limitMillicores: 500, maxReplicas: 500 }],
    ['1 core, limit 1 core, --max 60', { ...base, requestMillicores: 1_000, limitMillicores: 1_000, maxReplicas: 60 }],
    ['the same, 60 s to start (a large list)', { ...base, requestMillicores: 1_000, limitMillicores: 1_000, maxReplicas: 60, startMs: 60_000 }],
    ['the same from --min 12', { ...base, requestMillicores: 1_000, limitMillicores: 1_000, maxReplicas: 60, startMs: 60_000, minReplicas: 12 }],
  ];
  print(`From idle to ${formatNumber(demand)} req/s at once`, cases.map(([name, each]) => {
    const { steps, enoughAtMs, unanswered } = simulateScaling(each);
    const end = enoughAtMs === undefined ? 'never enough' : `enough after ${enoughAtMs / 1_000} s, ${formatNumber(unanswered)} requests too many until then`;
    return [name, `${steps.map(({ replicas }) => replicas).join(' > ')}: ${end}`];
  }));
}

function printShards(): void {
  const sizes = [5, 8, 16, 32, 64, 128].map((shards) => shardSize(shards, rows, rowBytes));
  print(`${formatNumber(rows)} prices of ${rowBytes} bytes: a shard, and all of them with 2 replicas at least`, sizes.map((size) => [`${size.shards} shards`, describeShard(size)]));
}

function describeShard({ shards, rows, fileBytes, tableBytes, podBytes }: ShardSize): string {
  const pods = shards * Math.max(2, Math.ceil((demand / shards / perCore) * (100 / cpuTarget)));
  const nodes = Math.max(Math.ceil((pods * podBytes) / node.bytes), Math.ceil((demand / perCore) * (100 / cpuTarget) / node.cores), Math.ceil(pods / Math.floor(node.bytes / podBytes)));
  return `file ${gb(fileBytes)}, table ${gb(tableBytes)}, pod ${gb(podBytes)}, ready after ${(rows / rowsPerSecond).toFixed(0)} s + ${(fileBytes / 125e6).toFixed(0)} s at 1 Gbit/s; ${pods} pods, ${gb(pods * podBytes)}, ${nodes} nodes; a change moves ${gb(pods * fileBytes)}`;
}

function printSpreading(): void {
  const hashes = hashIds(10_000_000);
  print('10,000,000 ids over shards', [8, 16, 32, 64, 128].map((shards) => {
    const { fullest, busiest, movedByRemainder, movedByJump } = spreadOver(shards, hashes);
    return [`${shards} shards`, `fullest ${fullest.toFixed(3)}x the average, busiest ${busiest.toFixed(2)}x (Zipf); one more moves ${percent(movedByRemainder)} (remainder), ${percent(movedByJump)} (jump hash)`];
  }));
}

function gb(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function print(title: string, lines: readonly (readonly [string, string])[]): void {
  const width = Math.max(...lines.map(([what]) => what.length));
  console.log([title, ...lines.map(([what, figures]) => `  ${what.padEnd(width)}  ${figures}`), ''].join('\n'));
}

printReplicas();
printScaling();
printShards();
printSpreading();
