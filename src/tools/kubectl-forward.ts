import type { Clock } from './clock.ts';
import { awaitLine } from './process-ready.ts';
import type { BackgroundProcess, BackgroundSpec, Processes } from './process.ts';

/** kubectl itself waits a minute for a pod of the service that runs. */
const startLimitMs = 90_000;

/** Pause before a forward that ended is started anew: the first, and the longest after failures. */
const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** What is forwarded, and how kubectl is started for it. */
export interface ForwardOptions extends Pick<BackgroundSpec, 'file' | 'env' | 'signal'> {
  readonly processes: Processes;
  readonly clock: Clock;
  /** Arguments for a local port; undefined is one of kubectl's choice. */
  argumentsFor(localPort: number | undefined): readonly string[];
}

/** A port of loopback that leads to a pod. */
export interface Forward extends AsyncDisposable {
  readonly localPort: number;
}

/**
 * Starts `kubectl port-forward` and keeps it: one that ends (its pod did) is started anew on the same port, until disposal or until the signal
 * aborts. Throws as `Processes.start` and as `awaitLine` when the first one can't be had.
 */
export async function startForward(options: ForwardOptions): Promise<Forward> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const { background, localPort } = await forwardOnce({ ...options, signal }, undefined);
  const supervised = supervise(background, localPort, { ...options, signal });
  return {
    localPort,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await supervised;
    },
  };
}

/** Waits for the end of each forward and starts the next. Ends with the signal, and never throws: whoever connects meanwhile is refused. */
async function supervise(first: BackgroundProcess, localPort: number, options: ForwardOptions): Promise<void> {
  let current: BackgroundProcess | undefined = first;
  let pauseMs = firstPauseMs;
  for (;;) {
    await current?.ended;
    try {
      await options.clock.sleep(pauseMs, options.signal);
      current = (await forwardOnce(options, localPort)).background;
      pauseMs = firstPauseMs;
    } catch {
      if (options.signal.aborted) return;
      current = undefined;
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    }
  }
}

async function forwardOnce(options: ForwardOptions, localPort: number | undefined) {
  const { file, env, signal } = options;
  const background = await options.processes.start({ file, env, signal, args: options.argumentsFor(localPort) });
  const found = await awaitLine(background, {
    pick: (line) => /^Forwarding from 127\.0\.0\.1:(\d+) ->/.exec(line)?.[1],
    what: "kubectl port-forward doesn't forward",
    timeoutMs: startLimitMs,
  });
  return { background, localPort: Number(found) };
}
