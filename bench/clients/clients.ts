import { fileURLToPath } from 'node:url';
import type { Context } from '../context.ts';
import { runCommand } from '../tools/processes.ts';
import type { EngineOrder, EngineReport } from '../programs/engine.ts';
import { parseWrk } from './wrk-output.ts';

/** What every generator tells. */
export interface LoadReport {
  readonly requestsPerSecond: number;
  readonly failed: number;
}

/** A load without pauses. */
export type LoadOrder = Pick<EngineOrder, 'url' | 'seconds' | 'vus'>;

/** Makes load and waits for its end. */
export type Generator<Report extends LoadReport = LoadReport> = (order: LoadOrder) => Promise<Report>;

function program(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}

/** The node engine, on one core. */
export async function runEngine(context: Context, order: EngineOrder): Promise<EngineReport> {
  return JSON.parse(await runCommand(context, { side: 'load', command: [process.execPath, program('programs/engine.ts'), JSON.stringify(order)] }));
}

/** autocannon, on one core. */
export async function runAutocannon(context: Context, order: LoadOrder): Promise<LoadReport> {
  return JSON.parse(await runCommand(context, { side: 'load', command: [process.execPath, program('programs/autocannon.ts'), JSON.stringify(order)] }));
}

/** k6 with one check; undefined where there is none. */
export function k6Of(context: Context): Generator | undefined {
  const { k6 } = context.programs;
  if (k6 === undefined) return undefined;
  const script = program('peers/k6-price.js');
  return async ({ url, seconds, vus }) => {
    const env = { GOMAXPROCS: '1', K6_NO_USAGE_REPORT: 'true', URL: url, SECONDS: String(seconds), VUS: String(vus) };
    return JSON.parse(await runCommand(context, { side: 'load', command: [...k6.command, 'run', '--quiet', '--address', '', script], env }));
  };
}

/** wrk with one thread; undefined where there is none. */
export function wrkOf(context: Context): Generator<LoadReport & { readonly p99Ms: number }> | undefined {
  const { wrk } = context.programs;
  if (wrk === undefined) return undefined;
  return async ({ url, seconds, vus }) => {
    const options = ['-t1', `-c${vus}`, `-d${seconds}s`, '--latency', '--timeout', '10s', `${url}/price?product_id=P124`];
    return parseWrk(await runCommand(context, { side: 'load', command: [...wrk.command, ...options] }));
  };
}
