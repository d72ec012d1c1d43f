import { ToolError } from '../../tools/errors.ts';
import type { Pod } from '../../tools/kube-objects.ts';
import type { EngineResult, LoadProgress } from '../engine.ts';
import type { JobReport } from '../job-lines.ts';
import { followJobLog, type JobLog } from './job-log.ts';
import { lostResult, receivedResult } from './job-result.ts';
import { loadStatus } from './load-pod.ts';

/** Lines of a log that a message repeats. */
const toldLines = 10;

/** Limit of the one question what became of a pod. */
const lookMs = 5_000;

/** What to read. */
export interface JobReaderOptions extends JobLog {
  /** Name of the pod. */
  readonly pod: string;
  readonly image: string;
  readonly onProgress: (progress: LoadProgress) => void;
}

/** Reads what the pod of a load job tells. */
export class JobReader {
  readonly #options: JobReaderOptions;
  readonly #series: LoadProgress[] = [];
  readonly #lastLines: string[] = [];
  #hasStarted = false;
  #result: EngineResult | undefined;

  constructor(options: JobReaderOptions) {
    this.#options = options;
  }

  /** Reads to the end of the load, of the pod or, when the signal aborts, as far as it came. Throws what the engine in the pod failed with. */
  async read(): Promise<void> {
    const { signal } = this.#options;
    try {
      for await (const { text, report } of followJobLog(this.#options)) {
        if (report === undefined) this.#lastLines.push(text);
        else this.#take(report);
        if (this.#lastLines.length > toldLines) this.#lastLines.shift();
      }
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
    }
  }

  /**
   * What was read, as a result. Throws ToolError `PRICECTL_E_LOAD_IMAGE` when the pod ended without a word of ours: its image has no program that
   * makes load.
   */
  async result(startedAtMs: number, interrupted: boolean): Promise<EngineResult> {
    const { pod, image } = this.#options;
    if (this.#result !== undefined) return receivedResult(this.#result, pod);
    const { exitCode, why } = await this.#lookAtEnd();
    if (this.#hasStarted || interrupted) return lostResult({ pod, exitCode, startedAtMs, series: this.#series, interrupted, why });
    const lines = this.#lastLines.map((line) => `\n    ${line}`).join('');
    throw new ToolError('PRICECTL_E_LOAD_IMAGE', `the image ${image} can't make load: ${why}${lines}`, { hints: ['pricectl up'] });
  }

  #take(report: JobReport): void {
    switch (report.type) {
      case 'started':
        this.#hasStarted = true;
        break;
      case 'progress':
        this.#series.push(report.progress);
        this.#options.onProgress(report.progress);
        break;
      case 'result':
        this.#result = report.result;
        break;
      case 'failed':
        throw report.error;
    }
  }

  /** How the pod ended, as far as the cluster tells. */
  async #lookAtEnd(): Promise<{ readonly exitCode: number; readonly why: string }> {
    const { api, podPath } = this.#options;
    const pod = await api.find<Pod>(podPath, AbortSignal.timeout(lookMs)).catch(() => null);
    if (pod === null) return { exitCode: 1, why: 'the cluster does not answer' };
    if (pod === undefined) return { exitCode: 1, why: 'it was deleted' };
    const ended = loadStatus(pod)?.state?.terminated;
    const words = [ended?.reason, pod.status?.reason, ended?.message ?? pod.status?.message].filter((word) => word !== undefined && word !== 'Error');
    if (ended === undefined) return { exitCode: 1, why: words.length === 0 ? 'its log ended before it did' : words.join(', ') };
    return { exitCode: ended.exitCode || 1, why: [`exit code ${ended.exitCode}`, ...words].join(', ') };
  }
}
