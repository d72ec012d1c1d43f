import { k6ApiPort } from '../../targets/kubernetes/manifest-test-run.ts';
import { servicePaths } from '../../targets/kubernetes/service-objects.ts';
import { isRecord, parseJson } from '../../tools/json.ts';
import { type KubeApi, KubeApiError } from '../../tools/kube-api.ts';
import { type RestCounts, readCounts } from '../k6/rest-api.ts';

/** What a runner says of itself. */
export interface RunnerStatus {
  readonly isPaused: boolean;
  readonly vus: number;
}

/** Nobody may ask the runners: the right to `pods/proxy` is missing. */
export const forbidden = Symbol('forbidden');

/** k6's REST API of the runners of a test (k6: api/v1), through the API server's proxy. */
export class RunnerApi {
  readonly #api: KubeApi;
  readonly #pods: string;

  constructor(api: KubeApi, namespace: string) {
    this.#api = api;
    this.#pods = servicePaths({ namespace }).pods;
  }

  /** Undefined when the runner doesn't answer (yet, or any more). Throws what KubeApi throws when the cluster can't be reached. */
  async status(pod: string, signal: AbortSignal): Promise<RunnerStatus | typeof forbidden | undefined> {
    const answer = await this.#ask(pod, 'status', signal);
    if (answer === undefined || answer === forbidden) return answer;
    const data = isRecord(answer) ? answer['data'] : undefined;
    const attributes = isRecord(data) ? data['attributes'] : undefined;
    if (!isRecord(attributes)) return undefined;
    return { isPaused: attributes['paused'] === true, vus: typeof attributes['vus'] === 'number' ? attributes['vus'] : 0 };
  }

  /** As `status`. */
  async counts(pod: string, signal: AbortSignal): Promise<RestCounts | undefined> {
    const answer = await this.#ask(pod, 'metrics', signal);
    return answer === forbidden ? undefined : readCounts(answer);
  }

  /** Lets a paused runner begin. Throws what KubeApi throws. */
  async unpause(pod: string, signal: AbortSignal): Promise<void> {
    await this.#change(pod, { paused: false, stopped: false }, signal);
  }

  /** Ends the test of a runner, which still writes its summary. Throws what KubeApi throws. */
  async stop(pod: string, signal: AbortSignal): Promise<void> {
    await this.#change(pod, { stopped: true }, signal);
  }

  async #change(pod: string, attributes: object, signal: AbortSignal): Promise<void> {
    await this.#api.patch(this.#path(pod, 'status'), { data: { type: 'status', id: 'default', attributes } }, signal);
  }

  async #ask(pod: string, what: string, signal: AbortSignal): Promise<unknown> {
    try {
      const { status, body } = await this.#api.text(this.#path(pod, what), signal);
      if (status === 403) return forbidden;
      return status === 200 ? parseJson(body) : undefined;
    } catch (error) {
      // The proxy's word for a pod that doesn't listen.
      if (error instanceof KubeApiError) return undefined;
      throw error;
    }
  }

  #path(pod: string, what: string): string {
    return `${this.#pods}/${pod}:${k6ApiPort}/proxy/v1/${what}`;
  }
}
