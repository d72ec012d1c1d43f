import { waitUntil } from '../../tools/clock.ts';
import { PricectlError, TimeoutError, ToolError } from '../../tools/errors.ts';
import type { Pod } from '../../tools/kube-objects.ts';
import { scriptError } from '../k6/script-files.ts';
import { lookAtTestRun, readLog, type Stage, type TestRunContext, throwForTrouble } from './look.ts';
import { describeOperatorPods } from './operator-pods.ts';
import { forbidden, RunnerApi, type RunnerStatus } from './runner-api.ts';
import { endOf, explainEnd, isRunning, runnerPods } from './runner-pods.ts';

/** Limit of the phase, and how long runners that are ready may stay paused: while the operator looks at them, and after it has made its starter. */
const startMs = 300_000;
const stuckInCreatedMs = 45_000;
const stuckInStartedMs = 20_000;
const pollMs = 500;

/** Exit codes of k6 that are the script's: bad options, an exception, nothing to run. */
const scriptCodes: ReadonlySet<number> = new Set([104, 107, 255]);

const blindWarning = 'the right to pods/proxy is missing: nothing was seen of the load while it ran';

/** How a start went. */
export interface Started {
  /** One for each runner. */
  readonly pods: readonly Pod[];
  /** What was not as it should be, in words. */
  readonly warnings: readonly string[];
}

interface StartLook {
  readonly stage: Stage;
  readonly pods: readonly (Pod | undefined)[];
  readonly statuses: readonly (RunnerStatus | typeof forbidden | undefined)[];
}

/**
 * Waits until all runners make load. Runners that are ready and stay paused are started through the API server: the operator never looks whether its
 * starter did. Throws ToolError for pods that can't start, UsageError `PRICECTL_E_SCRIPT` when k6 can't run the script, TimeoutError, and what KubeApi throws.
 */
export async function awaitStart(run: TestRunContext): Promise<Started> {
  const start = new Start(run);
  const { pods } = await waitUntil<StartLook>({
    poll: () => start.look(),
    isDone: (look) => start.isDone(look),
    describe: (look) => describeWait(run, look),
    everyMs: pollMs,
    timeoutMs: startMs,
    signal: run.signal,
    clock: run.clock,
  }).catch((error: unknown) => {
    throw error instanceof TimeoutError ? new TimeoutError('PRICECTL_E_K6_OPERATOR', error.message) : error;
  });
  return { pods: pods.filter((pod) => pod !== undefined), warnings: start.warnings };
}

class Start {
  readonly warnings: string[] = [];
  readonly #run: TestRunContext;
  readonly #runners: RunnerApi;
  #pausedSinceMs: number | undefined;
  #stage: Stage = '';
  #hasUnpaused = false;

  constructor(run: TestRunContext) {
    this.#run = run;
    this.#runners = new RunnerApi(run.api, run.namespace);
  }

  async look(): Promise<StartLook> {
    const { name, parallelism, signal } = this.#run;
    const { stage, pods: all } = await lookAtTestRun(this.#run);
    const pods = runnerPods(all, name, parallelism);
    if (stage === 'created' && !this.#hasUnpaused) await this.#throwForEarlyEnd(pods);
    if (!pods.every((pod) => pod !== undefined && hasBegun(pod))) await throwForTrouble(this.#run, all);
    const statuses = await Promise.all(pods.map(async (pod) => (pod !== undefined && isRunning(pod) ? this.#runners.status(pod.metadata.name, signal) : undefined)));
    if (statuses.includes(forbidden) && !this.warnings.includes(blindWarning)) this.warnings.push(blindWarning);
    const look = { stage, pods, statuses };
    await this.#unpauseWhenStuck(look);
    return look;
  }

  /** Where nobody may ask the runners, the operator's word must do. */
  isDone({ stage, pods, statuses }: StartLook): boolean {
    const isStarted = stage !== 'created';
    return pods.every((pod, index) => {
      const status = statuses[index];
      if (pod === undefined) return false;
      if (endOf(pod) !== undefined) return isStarted || this.#hasUnpaused;
      return status === forbidden ? isStarted && isRunning(pod) : status?.isPaused === false;
    });
  }

  async #throwForEarlyEnd(pods: readonly (Pod | undefined)[]): Promise<void> {
    const ended = pods.find((pod) => pod !== undefined && endOf(pod) !== undefined);
    const end = ended && endOf(ended);
    if (ended === undefined || end === undefined) return;
    const words = explainEnd(end, await readLog(this.#run, ended.metadata.name));
    if (end.why === null && scriptCodes.has(end.exitCode)) throw scriptError(`k6 can't run the script: ${words ?? ''}`);
    throw new ToolError('PRICECTL_E_LOAD_POD', `${ended.metadata.name} ended before the test began: ${words ?? 'exit code 0'}`);
  }

  async #unpauseWhenStuck({ stage, pods, statuses }: StartLook): Promise<void> {
    const { clock, onNotice, signal, parallelism } = this.#run;
    const areReady = statuses.every((status, index) => isPausedOrOn(status) || isOver(pods[index]));
    const paused = pods.filter((pod, index) => pod !== undefined && isPaused(statuses[index])).map((pod) => pod?.metadata.name ?? '');
    if (!areReady || paused.length === 0 || stage !== this.#stage) this.#pausedSinceMs = undefined;
    this.#stage = stage;
    if (!areReady || paused.length === 0) return;
    this.#pausedSinceMs ??= clock.monotonicMs();
    const patienceMs = stage === 'created' ? stuckInCreatedMs : stuckInStartedMs;
    if (clock.monotonicMs() - this.#pausedSinceMs < patienceMs) return;
    this.#hasUnpaused = true;
    const why = stage === 'created' ? await this.#explainCreated() : "k6-operator's starter did not start them";
    const warning = `${paused.length} of ${parallelism} runners stayed paused for ${patienceMs / 1_000} s: ${why}; pricectl started them`;
    onNotice(warning);
    await this.#unpause(paused, signal);
    this.warnings.push(warning);
    this.#pausedSinceMs = undefined;
  }

  async #explainCreated(): Promise<string> {
    const why = await describeOperatorPods(this.#run, this.#run.signal);
    return why === undefined ? 'k6-operator finds no way to the runners (a NetworkPolicy?)' : `k6-operator does not go on: ${why}`;
  }

  async #unpause(paused: readonly string[], signal: AbortSignal): Promise<void> {
    try {
      await Promise.all(paused.map((pod) => this.#runners.unpause(pod, signal)));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof PricectlError)) throw error;
      throw new ToolError('PRICECTL_E_K6_OPERATOR', `the runners stay paused, and pricectl can't start them: ${error.message}`, { hints: error.hints, cause: error });
    }
  }
}

function isPausedOrOn(status: StartLook['statuses'][number]): boolean {
  return status !== undefined && status !== forbidden;
}

function isPaused(status: StartLook['statuses'][number]): boolean {
  return status !== undefined && status !== forbidden && status.isPaused;
}

function isOver(pod: Pod | undefined): boolean {
  return pod !== undefined && endOf(pod) !== undefined;
}

function hasBegun(pod: Pod): boolean {
  return isRunning(pod) || endOf(pod) !== undefined;
}

function describeWait({ parallelism, name }: TestRunContext, look: StartLook | undefined): string {
  const begun = (look?.pods ?? []).filter((pod) => pod !== undefined && hasBegun(pod)).length;
  const answering = (look?.statuses ?? []).filter((status) => status !== undefined).length;
  if (begun < parallelism) return `${begun} of ${parallelism} runners of ${name} run (stage ${look?.stage || 'none'})`;
  return `the runners of ${name} run, but ${answering} of ${parallelism} answer, and not all have begun (stage ${look?.stage || 'none'})`;
}
