import { testRun, testRunConfigMap, testRunLabel, testRunName, testRunsPath, type TestRunValues } from '../../targets/kubernetes/manifest-test-run.ts';
import { servicePaths } from '../../targets/kubernetes/service-objects.ts';
import { type Clock, waitUntil } from '../../tools/clock.ts';
import { PricectlError } from '../../tools/errors.ts';
import type { KubeApi } from '../../tools/kube-api.ts';
import type { KubeObject, Pod } from '../../tools/kube-objects.ts';
import { mostScriptBytes, scriptError, sizeOf } from '../k6/script-files.ts';

/** Limit of the deletion, pods included, which have 30 s to end. */
const deleteMs = 60_000;

/** A TestRun of the cluster with its ConfigMap. */
export class TestRunObjects {
  readonly name: string;
  readonly #api: KubeApi;
  readonly #values: TestRunValues;
  readonly #testRunPath: string;
  readonly #configMapPath: string;
  readonly #paths: ReturnType<typeof servicePaths>;

  /** Throws UsageError for a script that is too large. */
  constructor(api: KubeApi, values: TestRunValues) {
    const { namespace, name } = values.identity;
    checkSize(values.files);
    this.#api = api;
    this.#values = values;
    this.#paths = servicePaths({ namespace });
    this.name = testRunName(name, values.suffix);
    this.#testRunPath = `${testRunsPath(namespace)}/${this.name}`;
    this.#configMapPath = `${this.#paths.configMaps}/${this.name}`;
  }

  /** Makes both, and returns the TestRun. The ConfigMap belongs to it, so that it goes with it even when nobody deletes them. Throws what KubeApi throws. */
  async create(signal: AbortSignal): Promise<KubeObject> {
    const { namespace } = this.#values.identity;
    await this.#api.create(this.#paths.configMaps, testRunConfigMap(this.#values), signal);
    const created = await this.#api.create(testRunsPath(namespace), testRun(this.#values), signal);
    const { apiVersion, kind, metadata } = created;
    const owner = { apiVersion, kind, name: metadata.name, uid: metadata.uid };
    await this.#api.patch(this.#configMapPath, { metadata: { ownerReferences: [owner] } }, signal);
    return created;
  }

  /** Deletes all, the operator's Jobs, Services and pods included, and waits until the pods are gone. Why that failed, in words; undefined when it didn't. */
  async delete(clock: Clock): Promise<string | undefined> {
    const signal = AbortSignal.timeout(deleteMs);
    try {
      await this.#api.delete(this.#testRunPath, signal);
      await this.#api.delete(this.#configMapPath, signal);
      await this.#deleteMade(signal);
      await this.#awaitGone(clock, signal);
      return undefined;
    } catch (error) {
      if (!signal.aborted && !(error instanceof PricectlError)) throw error;
      return `objects of the TestRun ${this.name} may still be there: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** The cluster deletes what belongs to a TestRun when it comes to it; who has just made the next Job would see it stay for long. */
  async #deleteMade(signal: AbortSignal): Promise<void> {
    for (const collection of [this.#paths.jobs, this.#paths.services]) {
      const { items } = await this.#api.list<KubeObject>(collection, this.#selection, signal);
      await Promise.all(items.map(({ metadata }) => this.#api.delete(`${collection}/${metadata.name}`, signal)));
    }
  }

  async #awaitGone(clock: Clock, signal: AbortSignal): Promise<void> {
    await waitUntil({
      poll: async () => (await this.#api.list<Pod>(this.#paths.pods, this.#selection, signal)).items,
      isDone: (pods) => pods.length === 0,
      describe: (pods) => `${pods?.map(({ metadata }) => metadata.name).join(', ') ?? 'pods'} had not ended`,
      everyMs: 500,
      timeoutMs: deleteMs,
      signal,
      clock,
    });
  }

  get #selection() {
    return { labelSelector: `${testRunLabel}=${this.name}` } as const;
  }
}

function checkSize(files: ReadonlyMap<string, string>): void {
  const bytes = sizeOf(files);
  if (bytes <= mostScriptBytes) return;
  const message = `the script has ${bytes.toLocaleString('en-US')} bytes, a ConfigMap holds ${mostScriptBytes.toLocaleString('en-US')}`;
  throw scriptError(message, ['take out data and modules that it can do without, or use --engine k6']);
}
