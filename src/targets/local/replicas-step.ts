import { describePriceSource, parsePriceSource } from '../../prices/source.ts';
import { waitUntil } from '../../tools/clock.ts';
import { EnvironmentError, NegativeError } from '../../tools/errors.ts';
import { shellQuote } from '../../tools/shell-quote.ts';
import type { ServiceSettings, Step, StepContext, StepReport } from '../target.ts';
import type { Report, RolloutFailure } from './control-protocol.ts';
import { findSupervisor, type LocalService } from './local-service.ts';

/** Kubernetes' progressDeadlineSeconds is 600; who waits at a terminal wants to know sooner. */
const rolloutTimeoutMs = 120_000;

/** What the replicas are to answer from, as far as that is known. */
export interface ExpectedPrices {
  /** Undefined while unknown, and for a URL, whose content may differ at any time. */
  readonly sha256: string | undefined;
}

/**
 * The step of `up` that waits until all replicas run as wanted, are ready and answer from the wanted prices. Throws NegativeError
 * `PRICECTL_E_ROLLOUT_FAILED` as soon as one ended twice without getting ready, TimeoutError after two minutes.
 */
export function replicasStep(service: LocalService, settings: ServiceSettings, expected: () => ExpectedPrices): Step {
  return {
    title: 'replicas',
    async run(context) {
      const found = await findSupervisor(service, context.signal);
      if (found.kind !== 'running') throw new EnvironmentError('PRICECTL_E_SUPERVISOR_GONE', 'the supervisor is gone', { hints: ['pricectl up'] });
      const first = await found.control.report(context.signal);
      const outcome = isComplete(first, expected()) ? 'unchanged' : 'done';
      const poll = async () => check(await found.control.report(context.signal), settings);
      const last = outcome === 'unchanged' ? first : await awaitRollout(service, context, poll, expected());
      return report(last, outcome);
    },
  };
}

async function awaitRollout(service: LocalService, context: StepContext, poll: () => Promise<Report>, expected: ExpectedPrices): Promise<Report> {
  return waitUntil({
    clock: service.clock,
    signal: context.signal,
    everyMs: 50,
    timeoutMs: rolloutTimeoutMs,
    async poll() {
      const report = await poll();
      context.progress(describe(report, expected));
      return report;
    },
    isDone: (report) => isComplete(report, expected),
    describe: (report) => (report === undefined ? 'nothing is known of the replicas' : describe(report, expected)),
  });
}

function isComplete({ rollout, pods }: Report, { sha256 }: ExpectedPrices): boolean {
  const { desired, updated, updatedReady, outdated } = rollout;
  const isServed = sha256 === undefined || pods.every((pod) => !pod.ready || pod.pricesSha256 === sha256);
  return outdated === 0 && updated === desired && updatedReady === desired && isServed;
}

function describe({ rollout, pods }: Report, { sha256 }: ExpectedPrices): string {
  const { desired, updatedReady, outdated } = rollout;
  const stale = sha256 === undefined ? 0 : pods.filter((pod) => pod.ready && pod.pricesSha256 !== sha256).length;
  const replacing = outdated === 0 ? '' : `, ${outdated} to be replaced`;
  const reading = stale === 0 || outdated > 0 ? '' : `, ${stale} with other prices`;
  return `${updatedReady} of ${desired} ready${replacing}${reading}`;
}

function report({ rollout: { updatedReady, desired } }: Report, outcome: 'done' | 'unchanged'): StepReport {
  return { outcome, detail: `${updatedReady} of ${desired} ready` };
}

/** The same report, unless a replica can't get ready by itself. */
function check(report: Report, { prices }: ServiceSettings): Report {
  if (report.rollout.failure !== null) throw rolloutFailed(report.rollout.failure, prices);
  return report;
}

function rolloutFailed({ pod, reason, lastLines }: RolloutFailure, prices: string): NegativeError {
  const log = lastLines.length === 0 ? [] : ['last lines of its log:', ...lastLines.map((line) => `  ${line}`)];
  const message = [`rollout failed: ${pod} ${reason} at start, twice`, ...log].join('\n  ');
  return new NegativeError('PRICECTL_E_ROLLOUT_FAILED', message, { hints: [`pricectl prices check ${shellQuote(describePriceSource(parsePriceSource(prices)))}`, 'pricectl logs'] });
}
