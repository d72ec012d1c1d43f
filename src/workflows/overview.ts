import type { RunStore } from '../load/run-store.ts';
import type { Target, TargetKind } from '../targets/target.ts';
import { PricectlError } from '../tools/errors.ts';
import { listRuns, type RunListing } from './recorded-runs.ts';
import { type StatusResult, toStatus } from './status.ts';

/** A command that is worth typing now, and what for. */
export interface NextCommand {
  readonly command: string;
  readonly purpose: string;
}

/** Where things stand, and what to do next. */
export interface Overview {
  readonly version: string;
  /** The target that commands take, and why; null when none can be chosen. */
  readonly target: { readonly kind: TargetKind; readonly reason: string } | null;
  /** Null when it can't be looked at. */
  readonly service: StatusResult | null;
  /** Why it can't be looked at, with what mends it; null when it can. */
  readonly problem: { readonly message: string; readonly hints: readonly string[] } | null;
  /** Null when none is recorded. */
  readonly lastRun: RunListing | null;
  readonly next: readonly NextCommand[];
}

/** What the look is taken at. */
export interface OverviewOptions {
  readonly version: string;
  /** Chooses the target. */
  readonly choose: () => Promise<{ readonly target: Target; readonly reason: string }>;
  readonly runs: RunStore;
  readonly signal: AbortSignal;
}

/** Looks at the service and the last run. A failure that we foresee is part of the answer. */
export async function overview({ version, choose, runs, signal }: OverviewOptions): Promise<Overview> {
  const lastRun = (await listRuns(runs)).at(-1) ?? null;
  let target: Overview['target'] = null;
  try {
    const chosen = await choose();
    target = { kind: chosen.target.identity.target, reason: chosen.reason };
    const service = toStatus(await chosen.target.snapshot(signal));
    return { version, target, service, problem: null, lastRun, next: suggest(service, lastRun) };
  } catch (error) {
    if (!(error instanceof PricectlError) || signal.aborted) throw error;
    const next = [{ command: 'pricectl doctor', purpose: 'see what is missing and what mends it' }];
    return { version, target, service: null, problem: { message: error.message, hints: error.hints }, lastRun, next };
  }
}

/** The commands that are of use in this state, the most useful first. */
export function suggest({ state, name }: Pick<StatusResult, 'state' | 'name'>, lastRun: RunListing | null): readonly NextCommand[] {
  const named = (words: string) => (name === 'price-api' ? `pricectl ${words}` : `pricectl ${words} --name ${name}`);
  const up = { command: named('up'), purpose: 'bring the service up' };
  const show = lastRun === null ? [] : [{ command: `pricectl runs show ${lastRun.id}`, purpose: `the last run, which ${lastRun.verdict === 'passed' ? 'passed' : `is ${lastRun.verdict}`}` }];
  switch (state) {
    case 'absent':
      return lastRun === null ? [{ command: 'pricectl lab', purpose: 'see it all: up, load, scale out and in, down; two minutes' }, up] : [up, ...show];
    case 'stopped':
      return [up, ...show];
    case 'starting':
    case 'degraded':
      return [{ command: named('status'), purpose: 'see which replica is in trouble' }, { command: named('logs --since 10m'), purpose: 'what the replicas say' }];
    case 'ready': {
      const load = { command: named('loadtest --vus 100 --duration 20s'), purpose: 'load it and judge it' };
      const down = { command: named('down'), purpose: 'remove it' };
      const watch = { command: named('watch'), purpose: 'see replicas, load and what the autoscaler does, live' };
      return [load, watch, ...show, down];
    }
  }
}
