import type { Histogram } from '../histogram.ts';
import type { Scenario } from '../profile.ts';

/** What the warnings of a load test are made from. */
export interface RunFacts {
  readonly scenario: Scenario;
  readonly workers: number;
  /** Busy part, 0 .. 1, of the busiest worker's event loop, for each second. */
  readonly utilization: readonly number[];
  /** How much later than due iterations of an arrival rate started, in milliseconds. */
  readonly lateness: Histogram;
  readonly dropped: number;
  readonly redirects: number;
  /** How many requests got no response, by reason. */
  readonly failures: ReadonlyMap<string, number>;
  readonly lostWorkers: readonly { readonly name: string; readonly requests: number; readonly problem: string }[];
}

/** An event loop this busy has work waiting most of the time, and what waits counts as the service's latency. */
const busyUtilization = 0.9;
/** Seconds that may be busy before it is worth a word: a start or a pause of the collector is no limit. */
const busyShare = 0.1;
/** Timers are exact to 1 or 2 ms; a start later than this is the generator's doing. */
const lateMs = 20;

/** What limits the worth of a load test's numbers, each in a sentence with its figures. */
export function describeLimits(facts: RunFacts): readonly string[] {
  return [...lost(facts), ...busy(facts), ...late(facts), ...dropped(facts), ...redirected(facts), ...unanswered(facts)];
}

function lost({ lostWorkers }: RunFacts): string[] {
  return lostWorkers.map(
    ({ name, requests, problem }) => `${name} died (${problem}): what it measured, ${count(requests, 'request')} at least, is missing`,
  );
}

function busy({ utilization, workers }: RunFacts): string[] {
  const busySeconds = utilization.filter((share) => share > busyUtilization).length;
  if (busySeconds === 0 || busySeconds < utilization.length * busyShare) return [];
  const percent = Math.round(100 * Math.max(...utilization));
  return [
    `the generator, not the service, was the limit: in ${busySeconds} of ${utilization.length} s a worker's event loop was busy for more than ` +
      `${100 * busyUtilization} % of the time (${percent} % at most, ${count(workers, 'worker')}); rates are too low and latencies too high`,
  ];
}

function late({ lateness }: RunFacts): string[] {
  const p99Ms = lateness.quantile(0.99);
  if (p99Ms <= lateMs) return [];
  const figures = `more than ${p99Ms.toFixed(1)} ms late, at most ${lateness.max.toFixed(1)} ms`;
  return [`the generator could not keep the schedule: 1 % of the iterations started ${figures}`];
}

function dropped({ dropped, scenario }: RunFacts): string[] {
  if (dropped === 0 || !('maxVus' in scenario)) return [];
  return [
    `${count(dropped, 'iteration')} dropped: all virtual users were busy when due ` +
      `(${scenario.preAllocatedVus} at first, ${scenario.maxVus} at most), so the load was lower than asked for`,
  ];
}

function redirected({ redirects }: RunFacts): string[] {
  return redirects === 0 ? [] : [`${count(redirects, 'response')} redirected elsewhere; the node engine doesn't follow, k6 does`];
}

function unanswered({ failures }: RunFacts): string[] {
  if (failures.size === 0) return [];
  const reasons = [...failures].toSorted(([, a], [, b]) => b - a).map(([reason, requests]) => `${requests.toLocaleString('en-US')} ${reason}`);
  return [`requests without a response: ${reasons.join(', ')}`];
}

function count(amount: number, noun: string): string {
  return `${amount.toLocaleString('en-US')} ${noun}${amount === 1 ? '' : 's'}`;
}
