import { join } from 'node:path';
import type { Clock } from '../../tools/clock.ts';
import type { Environment } from '../../tools/files.ts';
import type { HttpClient } from '../../tools/http.ts';
import type { Processes } from '../../tools/process.ts';
import type { EngineResult, LoadObserver, LoadProgress, LoadRequest } from '../engine.ts';
import { emptyResult } from '../in-cluster/job-result.ts';
import { checkReachable } from '../node/preflight.ts';
import { parseServiceUrl } from '../node/service-url.ts';
import { profileLengthMs } from '../profile-description.ts';
import { startTogether } from './k6-begin.ts';
import type { K6Process } from './k6-process.ts';
import { askMaxVus, findK6, type K6Program } from './k6-program.ts';
import { assembleK6Result } from './k6-result.ts';
import { addUp } from './live-progress.ts';
import type { K6Script } from './script.ts';
import { writeScript } from './script-folder.ts';
import { generateScript } from './script-price.ts';
import { segmentsOf, unevenShares, usefulRunners } from './split.ts';
import { stopInTime } from './stop-in-time.ts';
import { ownScenario } from '../profile.ts';

/** What the engine works with. */
export interface K6EngineOptions {
  readonly processes: Processes;
  readonly http: HttpClient;
  readonly clock: Clock;
  /** Of this process; k6 gets a part of it. */
  readonly env: Environment;
  /** k6 itself: a path, or a name on the PATH; `k6` without it. */
  readonly binary?: string | undefined;
  /** Processes; 1 without it. Never more than virtual users. */
  readonly parallelism?: number | undefined;
  /** A wrapped script of the user's, in place of the load that the request describes. */
  readonly script?: K6Script | undefined;
  /** Folder of the run. What a user's script logs is kept there, a file `k6-1.console.log` for each process; nowhere without it. */
  readonly folder?: string | undefined;
  /** Whether the folder gets every sample too, a file `k6-1.samples.json` for each process (k6's `--out json`): 4 kB a request. */
  readonly raw?: boolean | undefined;
  /** Gets what a script's own handleSummary writes to stdout, line by line, after the load. */
  readonly onOwnLine?: ((line: string) => void) | undefined;
}

/** How often the processes are asked. */
const lookMs = 1_000;

/** How many processes make the load, and what is unfair about their shares. */
interface Plan {
  readonly runners: number;
  readonly warnings: readonly string[];
}

/** One load test by k6 processes on this machine. */
export class K6LoadRun {
  readonly #options: K6EngineOptions;
  readonly #request: LoadRequest;
  readonly #observer: LoadObserver;
  readonly #series: LoadProgress[] = [];

  constructor(options: K6EngineOptions, request: LoadRequest, observer: LoadObserver) {
    this.#options = options;
    this.#request = request;
    this.#observer = observer;
  }

  /** The whole test. As `LoadRun.result`. */
  async run(): Promise<EngineResult> {
    const { processes, env, binary, clock } = this.#options;
    const { signal } = this.#observer;
    try {
      const script = this.#options.script ?? generateScript(this.#request, Infinity);
      const k6 = await findK6(processes, env, binary, signal);
      if (!script.isOwn) await checkReachable(parseServiceUrl(this.#request.url), signal);
      await using folder = await writeScript(script);
      return await this.#load({ ...k6, env: { ...k6.env, ...script.env } }, script, folder.path);
    } catch (error) {
      // Before there was anything to measure.
      if (signal.aborted && error === signal.reason) return emptyResult(clock.now(), true);
      throw error;
    }
  }

  async #load(k6: K6Program, script: K6Script, folder: string): Promise<EngineResult> {
    const { clock, onOwnLine } = this.#options;
    const { signal } = this.#observer;
    const plan = await this.#plan(k6, script, folder);
    await using group = await startTogether({ ...this.#options, k6, folder, flags: this.#flags(plan.runners, script.isOwn) }, signal);
    const startedAtMs = clock.now();
    const startedMs = clock.monotonicMs();
    const over = new AbortController();
    const [ends, , problem] = await Promise.all([
      Promise.all(group.processes.map(({ ended }) => ended)).finally(() => over.abort()),
      this.#watch(group.processes, startedMs, over.signal),
      stopInTime(group.processes, { clock, over: over.signal, signal, limitMs: this.#limitMs(script) }),
    ]);
    if (onOwnLine !== undefined) for (const line of group.processes.flatMap(({ ownLines }) => ownLines)) onOwnLine(line);
    return assembleK6Result({
      request: this.#request,
      isOwn: script.isOwn,
      startedAtMs,
      ms: clock.monotonicMs() - startedMs,
      interrupted: signal.aborted,
      series: this.#series,
      warnings: problem === undefined ? plan.warnings : [...plan.warnings, problem],
      runners: group.processes.map(({ name, payload, lastLook }, index) => ({
        name,
        payload,
        requests: lastLook.requests,
        ...(ends[index] ?? { exitCode: 1, reason: null }),
      })),
    });
  }

  async #plan(k6: K6Program, script: K6Script, folder: string): Promise<Plan> {
    const wanted = this.#options.parallelism ?? 1;
    if (script.isOwn) {
      const maxVus = (await askMaxVus(k6, folder, this.#observer.signal)) ?? wanted;
      const runners = Math.max(1, Math.min(wanted, maxVus));
      const isUneven = maxVus % runners !== 0;
      return { runners, warnings: [...fewer(wanted, runners), ...(isUneven ? [`${maxVus} VUs can't be divided by ${runners} runners: some get one more`] : [])] };
    }
    const scenario = ownScenario(this.#request.profile);
    const runners = usefulRunners(scenario, wanted);
    const uneven = unevenShares(scenario, runners);
    const resending = this.#request.resend ? [] : ["k6 always sends a request once more when its kept connection ends before the response: failures may be hidden"];
    return { runners, warnings: [...fewer(wanted, runners), ...(uneven === undefined ? [] : [uneven]), ...resending] };
  }

  /** Flags of each process. */
  #flags(runners: number, isOwn: boolean): readonly (readonly string[])[] {
    const { folder, raw = false } = this.#options;
    return segmentsOf(runners).map(({ segment, sequence }, index) => [
      ...(runners === 1 ? [] : ['--execution-segment', segment, '--execution-segment-sequence', sequence]),
      ...(folder !== undefined && raw ? ['--out', `json=${join(folder, `k6-${index + 1}.samples.json`)}`] : []),
      ...(folder !== undefined && isOwn ? ['--console-output', join(folder, `k6-${index + 1}.console.log`)] : []),
    ]);
  }

  /** Longest time that the load may take; of a user's script only k6 knows. */
  #limitMs(script: K6Script): number {
    const { profile } = this.#request;
    return script.isOwn ? Infinity : (profileLengthMs(profile) ?? 0) + profile.gracefulStopMs;
  }

  /** Tells what the processes tell, once a second. */
  async #watch(processes: readonly K6Process[], startedMs: number, over: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    try {
      for (let next = startedMs + lookMs; ; next += lookMs) {
        await clock.sleep(Math.max(0, next - clock.monotonicMs()), over);
        const looks = await Promise.all(processes.map((process) => process.look(over)));
        const progress = addUp(looks, clock.monotonicMs() - startedMs, this.#series.at(-1));
        this.#series.push(progress);
        this.#observer.onProgress(progress);
      }
    } catch (error) {
      if (!over.aborted || error !== over.reason) throw error;
    }
  }
}

function fewer(wanted: number, runners: number): readonly string[] {
  return wanted > runners ? [`${runners} of ${wanted} runners: more than there are virtual users would have nothing to do`] : [];
}
