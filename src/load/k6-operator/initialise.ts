import { runnerJobName } from '../../targets/kubernetes/manifest-test-run.ts';
import { servicePaths } from '../../targets/kubernetes/service-objects.ts';
import { waitUntil } from '../../tools/clock.ts';
import { type PricectlError, TimeoutError, ToolError, UsageError } from '../../tools/errors.ts';
import type { KubeObject } from '../../tools/kube-objects.ts';
import { shellQuote } from '../../tools/shell-quote.ts';
import { scriptError } from '../k6/script-files.ts';
import { operatorHints } from './install.ts';
import { lookAtTestRun, readLog, type TestRunContext, type TestRunLook, throwForTrouble } from './look.ts';
import { describeOperatorPods } from './operator-pods.ts';
import { endOf, explainEnd, podOfJob } from './runner-pods.ts';
import { readRequirements, type ScriptRequirements } from './script-log.ts';

/** Limits of the phases, in milliseconds. The operator works on one TestRun after the other over the whole cluster; the first image is pulled. */
const takenMs = 30_000;
const initialiseMs = 180_000;
const createMs = 60_000;
const pollMs = 500;

/**
 * Waits until the operator has tried the script and made the runners' Jobs. Returns what the script needs, undefined when its log is gone. Throws
 * UsageError `PRICECTL_E_SCRIPT` for a script that k6 can't run, another for more runners than VUs, ToolError for pods that can't start,
 * TimeoutError with a diagnosis, and what KubeApi throws.
 */
export async function awaitCreation(run: TestRunContext): Promise<ScriptRequirements | undefined> {
  await awaitStage(run, (stage) => stage !== '', takenMs, 'k6-operator has not taken up the test');
  const { pods } = await awaitStage(run, (stage) => stage !== '' && stage !== 'initialization', initialiseMs, 'the script has not been tried');
  const initializer = podOfJob(pods, initializerJob(run));
  const requirements = initializer && readRequirements(await readLog(run, initializer.metadata.name));
  await awaitStage(run, (stage) => stage !== '' && stage !== 'initialization' && stage !== 'initialized', createMs, 'the runners have not been made');
  return requirements;
}

async function awaitStage(run: TestRunContext, isDone: (stage: TestRunLook['stage']) => boolean, timeoutMs: number, what: string): Promise<TestRunLook> {
  const { clock, signal, api } = run;
  try {
    return await waitUntil({
      async poll() {
        const look = await lookAtTestRun(run);
        await throwForFailure(run, look);
        return look;
      },
      isDone: ({ stage }) => isDone(stage),
      describe: (look) => `${what} (stage ${look?.stage || 'none'})`,
      everyMs: pollMs,
      timeoutMs,
      signal,
      clock,
    });
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    const why = (await describeOperatorPods(run, signal)) ?? 'it is ready, but may be busy with another TestRun, or lack a right';
    throw new TimeoutError('PRICECTL_E_K6_OPERATOR', `${error.message}: k6-operator: ${why}`, { hints: operatorHints(api.context) });
  }
}

async function throwForFailure(run: TestRunContext, look: TestRunLook): Promise<void> {
  const initializer = podOfJob(look.pods, initializerJob(run));
  const end = initializer && endOf(initializer);
  if (look.stage === 'error' || (end !== undefined && end.exitCode !== 0)) throw await explainRefusal(run, look);
  if (look.stage === 'initialized') await throwForCollision(run);
  if (end === undefined) await throwForTrouble(run, look.pods);
}

/** Why the operator gave up: it says so nowhere, but there are only three ways to its stage `error`. */
async function explainRefusal(run: TestRunContext, { pods }: TestRunLook): Promise<PricectlError> {
  const { name, parallelism } = run;
  const initializer = podOfJob(pods, initializerJob(run));
  if (initializer === undefined) return new ToolError('PRICECTL_E_K6_OPERATOR', `k6-operator refuses the TestRun ${name} and does not say why: its arguments are those of another version`);
  const log = await readLog(run, initializer.metadata.name);
  const end = endOf(initializer);
  if (end === undefined || end.exitCode === 0) {
    const requirements = readRequirements(log);
    if (requirements !== undefined && requirements.maxVus < parallelism) return tooManyRunners(parallelism, requirements.maxVus);
    return new ToolError('PRICECTL_E_K6_OPERATOR', `k6-operator can't read what k6 says of the script: ${log.slice(0, 300)}`);
  }
  const words = explainEnd(end, log) ?? '';
  if (end.why === null) return scriptError(`k6 can't run the script: ${words}`);
  return new ToolError('PRICECTL_E_K6_OPERATOR', `${initializer.metadata.name}, which tries the script, failed: ${words}`);
}

/** More runners than virtual users. */
export function tooManyRunners(parallelism: number, maxVus: number): UsageError {
  const message = `${parallelism} runners are more than the ${maxVus} virtual users of this load: each runner needs at least one`;
  return new UsageError('PRICECTL_E_USAGE', message, { hints: [`use --parallelism ${maxVus} or less`] });
}

async function throwForCollision({ api, namespace, name, uid, signal }: TestRunContext): Promise<void> {
  const job = runnerJobName(name, 1);
  const found = await api.find<KubeObject>(`${servicePaths({ namespace }).jobs}/${job}`, signal);
  if (found === undefined || uid === undefined || found.metadata.ownerReferences?.some((owner) => owner.uid === uid) === true) return;
  throw new ToolError('PRICECTL_E_K6_OPERATOR', `there is a Job ${job} of somebody else already, so k6-operator makes no runners`, { hints: [`kubectl --context ${shellQuote(api.context)} --namespace ${namespace} delete job ${job}`] });
}

function initializerJob({ name }: TestRunContext): string {
  return `${name}-initializer`;
}
