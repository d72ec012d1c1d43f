/**
 * Makes load with the node engine and prints what it measured, as JSON. Argument: JSON of `{url, seconds, vus}` or `{url, seconds, rate, vus}`.
 * Speed is that of what comes after the first second, which goes to starting and compiling.
 */
import type { Profile } from '../../src/load/profile.ts';
import { createNodeEngine } from '../../src/load/node/engine.ts';
import { type Mark, markNow, steadyPart } from './steady-part.ts';

/** What load to make; with a rate it is open-loop, in requests a second. */
export interface EngineOrder {
  readonly url: string;
  readonly seconds: number;
  readonly vus: number;
  readonly rate?: number;
}

/** What the engine measured. */
export interface EngineReport {
  readonly requestsPerSecond: number;
  readonly failed: number;
  /** `http_req_duration`, ms. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  /** Resident memory of generator and workers in MB (10^6 bytes), each second. */
  readonly memoryMb: readonly number[];
  readonly warnings: readonly string[];
}

function profileOf({ seconds, vus, rate }: EngineOrder): Profile {
  const durationMs = seconds * 1_000;
  const scenario: Profile['scenario'] =
    rate === undefined
      ? { executor: 'constant-vus', vus, durationMs }
      : { executor: 'constant-arrival-rate', rate, durationMs, preAllocatedVus: vus, maxVus: vus };
  return { name: 'custom', scenario, thinkTimeMs: 0, thresholds: {}, gracefulStopMs: 5_000 };
}

async function run(order: EngineOrder): Promise<EngineReport> {
  const marks: Mark[] = [];
  const memoryMb: number[] = [];
  const request = { profile: profileOf(order), url: order.url, ids: ['P124'], resend: true, requestTimeoutMs: 60_000 };
  const { result } = createNodeEngine({ workers: 1 }).start(request, {
    signal: new AbortController().signal,
    onProgress({ requests }) {
      marks.push(markNow(requests));
      memoryMb.push(process.memoryUsage.rss() / 1e6);
    },
  });
  const { metrics, warnings } = await result;
  const [duration, failed] = [metrics.get('http_req_duration'), metrics.get('http_req_failed')];
  if (duration?.type !== 'trend' || failed?.type !== 'rate') throw new Error('the engine measured nothing');
  const { samples } = duration;
  return {
    requestsPerSecond: steadyPart(marks),
    failed: failed.passes,
    p50Ms: samples.quantile(0.5),
    p99Ms: samples.quantile(0.99),
    p999Ms: samples.quantile(0.999),
    maxMs: samples.max,
    memoryMb,
    warnings,
  };
}

console.log(JSON.stringify(await run(JSON.parse(process.argv[2] ?? ''))));
