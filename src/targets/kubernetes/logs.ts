import { KubeApiError, type KubeApi } from '../../tools/kube-api.ts';
import type { ContainerStatus, Pod } from '../../tools/kube-objects.ts';
import { parseLogLine } from '../log-line.ts';
import { mergeByTime } from '../merge-logs.ts';
import type { LogLine, LogOptions } from '../target.ts';
import type { ClusterService } from './cluster-service.ts';
import { parseStampedLine } from './judge-log-line.ts';
import { LineQueue } from './line-queue.ts';
import { containerName, podSelector, servicePaths } from './service-objects.ts';

/** One container's log. */
export interface LogPart {
  readonly pod: string;
  readonly container: string;
  /** The log of the process before the present one. */
  readonly previous: boolean;
  /** How many of its last lines. */
  readonly lines: number;
}

const nsPerMs = 1_000_000n;

/** What the kubelet answers, with status 200, for a process whose log is gone. */
const lostLog = /^unable to retrieve container logs for /;

/** The last lines of a container's log without the times that our server puts in front; none when it has no log. Throws what KubeApi throws. */
export async function readLastLines(service: ClusterService, part: LogPart, signal: AbortSignal): Promise<readonly string[]> {
  const api = await service.api(signal);
  const query = { container: part.container, tailLines: String(part.lines), ...(part.previous ? { previous: 'true' } : {}) };
  const { status, body } = await api.text(logPath(service, part.pod, query), signal);
  const isThere = status === 200 && !lostLog.test(body);
  if (isThere) return body.split('\n').filter((line) => line !== '').map((line) => parseLogLine(line).text);
  return part.previous ? readLastLines(service, { ...part, previous: false }, signal) : [];
}

/**
 * Log lines of all pods of the service, in order of time. With `follow` it goes on, pods that come later included, until the signal aborts,
 * and then throws its reason. Throws what KubeApi throws.
 */
export async function* readClusterLogs(service: ClusterService, options: LogOptions): AsyncGenerator<LogLine, void, undefined> {
  const { follow, sinceMs, signal } = options;
  const oldestMs = sinceMs === undefined ? undefined : service.clock.now() - sinceMs;
  const api = await service.api(signal);
  const stop = new AbortController();
  const reading = AbortSignal.any([signal, stop.signal]);
  const read = new LogsRead(service, api, oldestMs);
  const { items: pods } = await api.list<Pod>(servicePaths(service.identity).pods, { labelSelector: podSelector(service.identity.name) }, reading);
  try {
    for await (const { line } of mergeByTime(pods.map((pod) => read.present(pod, reading)))) {
      signal.throwIfAborted();
      yield line;
    }
    if (follow) yield* followAll(service, api, read, signal);
  } finally {
    // Who reads no further leaves streams behind.
    stop.abort();
  }
}

async function* followAll(service: ClusterService, api: KubeApi, read: LogsRead, signal: AbortSignal): AsyncGenerator<LogLine, void, undefined> {
  const stop = new AbortController();
  const reading = AbortSignal.any([signal, stop.signal]);
  const queue = new LineQueue<LogLine>();
  const followed = new Set<string>();
  const readers: Promise<void>[] = [];
  const start = (work: Promise<void>) => readers.push(work.catch((error: unknown) => queue.fail(error)));
  const watchPods = async () => {
    const selection = { labelSelector: podSelector(service.identity.name) };
    for await (const { type, object: pod } of api.watch<Pod>(servicePaths(service.identity).pods, selection, reading)) {
      const run = nameRun(pod);
      if (type === 'DELETED' || run === undefined || followed.has(run)) continue;
      followed.add(run);
      start(read.follow(pod, queue, reading));
    }
  };
  start(watchPods());
  try {
    for (;;) yield await queue.next(signal);
  } finally {
    stop.abort();
    await Promise.all(readers);
  }
}

/** Names one run of a pod's container, which has a log of its own; undefined before the first. */
function nameRun(pod: Pod): string | undefined {
  const status = containerOf(pod);
  if (status === undefined) return undefined;
  const hasRun = status.state?.running ?? status.state?.terminated ?? status.lastState?.terminated;
  return hasRun === undefined ? undefined : `${pod.metadata.uid ?? pod.metadata.name} ${status.restartCount}`;
}

function containerOf({ status }: Pod): ContainerStatus | undefined {
  return status?.containerStatuses?.find(({ name }) => name === containerName);
}

function logPath({ identity }: ClusterService, pod: string, query: Readonly<Record<string, string>>): string {
  return `${servicePaths(identity).pods}/${pod}/log?${new URLSearchParams(query).toString()}`;
}

/** Reads logs of pods, and knows how far each was read. */
class LogsRead {
  readonly #service: ClusterService;
  readonly #api: KubeApi;
  /** Older lines aren't wanted. */
  readonly #oldestNs: bigint | undefined;
  readonly #lastNs = new Map<string, bigint>();

  constructor(service: ClusterService, api: KubeApi, oldestMs: number | undefined) {
    this.#service = service;
    this.#api = api;
    this.#oldestNs = oldestMs === undefined ? undefined : BigInt(Math.floor(oldestMs)) * nsPerMs;
  }

  /** The lines that are there. */
  present(pod: Pod, signal: AbortSignal): AsyncGenerator<LogLine, void, undefined> {
    return this.#read(pod.metadata.name, {}, signal);
  }

  /** Puts into the queue what comes after the lines that were read, until the container ends. */
  async follow(pod: Pod, queue: LineQueue<LogLine>, signal: AbortSignal): Promise<void> {
    for await (const line of this.#read(pod.metadata.name, { follow: 'true' }, signal)) queue.push(line);
  }

  async *#read(pod: string, query: Readonly<Record<string, string>>, signal: AbortSignal): AsyncGenerator<LogLine, void, undefined> {
    const readNs = this.#lastNs.get(pod) ?? -1n;
    const fromNs = this.#lastNs.get(pod) ?? this.#oldestNs;
    const since = fromNs === undefined ? {} : { sinceTime: new Date(Number(fromNs / nsPerMs)).toISOString() };
    const path = logPath(this.#service, pod, { container: containerName, timestamps: 'true', ...query, ...since });
    try {
      for await (const line of this.#api.lines(path, signal)) {
        const { timeNs, text } = parseStampedLine(line);
        // `sinceTime` has whole seconds.
        if (timeNs === null ? lostLog.test(text) : timeNs <= readNs || timeNs < (this.#oldestNs ?? 0n)) continue;
        if (timeNs !== null) this.#lastNs.set(pod, timeNs);
        yield { pod, timeMs: timeNs === null ? null : Number(timeNs / nsPerMs), text };
      }
    } catch (error) {
      // A container that never ran, or a pod that is gone, has no log.
      if (!(error instanceof KubeApiError && (error.status === 400 || error.status === 404))) throw error;
    }
  }
}
