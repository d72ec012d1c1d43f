import { randomInt } from 'node:crypto';
import type { ClusterService } from '../../targets/kubernetes/cluster-service.ts';
import type { TestRunValues } from '../../targets/kubernetes/manifest-test-run.ts';
import type { KubeApi } from '../../tools/kube-api.ts';
import { shellQuote } from '../../tools/shell-quote.ts';
import type { EngineResult, LoadObserver, LoadRequest } from '../engine.ts';
import { emptyResult } from '../in-cluster/job-result.ts';
import { assembleK6Result } from '../k6/k6-result.ts';
import type { K6Script } from '../k6/script.ts';
import { unevenShares } from '../k6/split.ts';
import { profileLengthMs } from '../profile-description.ts';
import { ownScenario } from '../profile.ts';
import { collectRunners } from './collect.ts';
import { awaitCreation, tooManyRunners } from './initialise.ts';
import { ensureOperator } from './install.ts';
import { LiveView } from './live.ts';
import type { TestRunContext } from './look.ts';
import { runnersBesideService } from './placement.ts';
import { RunnerApi } from './runner-api.ts';
import { refuseManySamples } from './sample-bound.ts';
import { keepSamples } from './samples.ts';
import { requireSidecars, requireStoredSidecar } from './sidecars.ts';
import { awaitStart } from './start.ts';
import { TestRunObjects } from './test-run-objects.ts';
import { watchRunners } from './watch-runners.ts';

/** Letters and digits of Kubernetes' own suffixes: none that make words. */
const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789';

/** Time for setup, teardown and summary beyond the load itself. */
const spareMs = 180_000;

/** What k6 is told: thresholds are judged once, on the data of all runners. */
const k6Arguments = ['--no-thresholds', '--no-usage-report', '--no-color'];

/** What the engine works with. */
export interface K6OperatorOptions {
  readonly service: Pick<ClusterService, 'identity' | 'api' | 'http' | 'clock'>;
  /** What k6 runs. */
  readonly script: K6Script;
  /** How many runners. */
  readonly parallelism: number;
  /** Leaves the TestRun and all that belongs to it in the cluster. */
  readonly keep: boolean;
  /** File with the operator's manifests, for its user vouches; undefined for the pinned version from its project. */
  readonly bundle: string | undefined;
  /** Folder that gets every sample, a file `k6-1.samples.json` for each runner (k6's `--out json`); undefined keeps none. */
  readonly samplesFolder: string | undefined;
  /** Asks whether the operator may be installed, with what and from where in words; false refuses. */
  readonly confirmInstall: (what: string, signal: AbortSignal) => Promise<boolean>;
  /** Tells what happens beside the load, one sentence each. */
  readonly onNotice: (text: string) => void;
}

/** One load test by k6-operator. */
export class OperatorRun {
  readonly #options: K6OperatorOptions;
  readonly #request: LoadRequest;
  readonly #observer: LoadObserver;

  constructor(options: K6OperatorOptions, request: LoadRequest, observer: LoadObserver) {
    this.#options = options;
    this.#request = request;
    this.#observer = observer;
  }

  /** The whole test. As `LoadRun.result`. */
  async run(): Promise<EngineResult> {
    const { service, script, parallelism, samplesFolder } = this.#options;
    const { signal } = this.#observer;
    if (!script.isOwn && profileLengthMs(this.#request.profile) === null) throw new TypeError('the profile of a TestRun is fixed');
    if (script.maxVus !== null && script.maxVus < parallelism) throw tooManyRunners(parallelism, script.maxVus);
    if (samplesFolder !== undefined) refuseManySamples(this.#request.profile, parallelism);
    try {
      signal.throwIfAborted();
      const api = await service.api(signal);
      if (samplesFolder !== undefined) await requireSidecars(api, signal);
      const { bundle, confirmInstall, onNotice } = this.#options;
      const need = { api, clock: service.clock, http: service.http, namespace: service.identity.namespace, bundle, confirmInstall, onNotice, signal };
      const { definition } = await ensureOperator(need);
      return await this.#runOn(api, definition?.hasArgs ?? false);
    } catch (error) {
      // Before there was anything to measure.
      if (signal.aborted && error === signal.reason) return emptyResult(service.clock.now(), true);
      throw error;
    }
  }

  async #runOn(api: KubeApi, hasArgs: boolean): Promise<EngineResult> {
    const { service, keep, onNotice } = this.#options;
    const objects = new TestRunObjects(api, this.#values(hasArgs));
    let problem: string | undefined;
    let result: EngineResult;
    try {
      result = await this.#make(api, objects);
    } finally {
      if (keep) onNotice(`kept: kubectl --context ${shellQuote(api.context)} --namespace ${service.identity.namespace} get testrun,jobs,pods,configmaps --selector app.kubernetes.io/instance=${service.identity.name},app.kubernetes.io/component=load`);
      else problem = await objects.delete(service.clock);
    }
    return problem === undefined ? result : { ...result, warnings: [...result.warnings, problem] };
  }

  #values(hasArgs: boolean): TestRunValues {
    const { service, script, parallelism, samplesFolder } = this.#options;
    const suffix = Array.from({ length: 5 }, () => suffixLetters[randomInt(suffixLetters.length)]).join('');
    return { identity: service.identity, suffix, parallelism, files: script.files, env: script.env, args: k6Arguments, hasArgs, keepsSamples: samplesFolder !== undefined };
  }

  /** Makes the objects and follows them to the end. Throws the signal's reason only for an abort before the runners have begun. */
  async #make(api: KubeApi, objects: TestRunObjects): Promise<EngineResult> {
    const { service, parallelism, onNotice, samplesFolder } = this.#options;
    const { signal } = this.#observer;
    const created = await objects.create(signal);
    if (samplesFolder !== undefined) requireStoredSidecar(created);
    const { uid } = created.metadata;
    const { namespace } = service.identity;
    const run: TestRunContext = { api, clock: service.clock, namespace, name: objects.name, uid, parallelism, onNotice, signal };
    const requirements = await awaitCreation(run);
    const started = await awaitStart(run);
    return this.#measure(run, started, requirements?.totalMs ?? null);
  }

  /** From here on an abort stops the runners, and what they measured still counts. */
  async #measure(starting: TestRunContext, { pods, warnings }: Awaited<ReturnType<typeof awaitStart>>, totalMs: number | null): Promise<EngineResult> {
    const { service, samplesFolder } = this.#options;
    const observer = this.#observer;
    const giveUp = new AbortController();
    const run = { ...starting, signal: giveUp.signal };
    const runners = new RunnerApi(run.api, run.namespace);
    const startedAtMs = service.clock.now();
    const startedMs = service.clock.monotonicMs();
    const live = new LiveView({ runners, clock: run.clock, startedMs, signal: giveUp.signal });
    const collecting = collectRunners(run, pods, live);
    try {
      const besides = await runnersBesideService(run, service.identity.name, pods);
      const watched = await watchRunners({ run, runners, live, pods, limitMs: this.#limitMs(totalMs), stop: observer.signal, onProgress: (progress) => observer.onProgress(progress) });
      const ms = service.clock.monotonicMs() - startedMs;
      const ended = await collecting.finish(watched.ends);
      const missing = samplesFolder === undefined ? [] : await keepSamples(run, samplesFolder, pods.map(({ metadata }, index) => ({ pod: metadata.name, payload: ended[index]?.payload })));
      return assembleK6Result({
        request: this.#request,
        isOwn: this.#options.script.isOwn,
        startedAtMs,
        ms,
        interrupted: observer.signal.aborted,
        series: live.series,
        runners: ended,
        warnings: [...this.#warnings(), ...warnings, ...besides, ...watched.warnings, ...missing],
      });
    } finally {
      giveUp.abort();
      await collecting.ended;
    }
  }

  #limitMs(totalMs: number | null): number | null {
    const { profile } = this.#request;
    const lengthMs = this.#options.script.isOwn ? null : profileLengthMs(profile);
    const knownMs = Math.max(totalMs ?? 0, lengthMs === null ? 0 : lengthMs + profile.gracefulStopMs);
    return knownMs === 0 ? null : knownMs + spareMs;
  }

  #warnings(): readonly string[] {
    const { script, parallelism } = this.#options;
    const uneven = script.isOwn ? undefined : unevenShares(ownScenario(this.#request.profile), parallelism);
    return uneven === undefined ? [] : [uneven];
  }
}
