import { CancelledError, TimeoutError } from '../tools/errors.ts';

/** Ends a command from outside: by signal, by `--timeout`, or because its output can't be written. */
export interface Cancellation extends Disposable {
  /** Aborts with a CancelledError or TimeoutError as its reason. */
  readonly signal: AbortSignal;
  /** Aborts with this reason, unless it aborted before. */
  cancel(reason: Error): void;
  /** Makes the command end with a TimeoutError after `ms`. */
  limit(ms: number): void;
}

/**
 * Listens to SIGINT, SIGTERM and SIGHUP (a terminal that closes), which counts as SIGTERM. The first one aborts; a further one that comes at least half a second later ends the process at
 * once. (Within half a second it is the same Ctrl-C: the launcher under an older Node passes signals on.)
 * Listeners stay until dispose: with `once` execa's signal-exit would find itself alone and end the process.
 */
export function listenForCancellation(target: NodeJS.Process): Cancellation {
  const controller = new AbortController();
  let firstAt: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const cancel = (name: 'SIGINT' | 'SIGTERM') => {
    const now = performance.now();
    if (firstAt !== undefined && now - firstAt > 500) target.exit(name === 'SIGINT' ? 130 : 143);
    firstAt ??= now;
    controller.abort(new CancelledError(name));
  };
  const onInterrupt = () => cancel('SIGINT');
  const onTerminate = () => cancel('SIGTERM');
  target.on('SIGINT', onInterrupt);
  target.on('SIGTERM', onTerminate);
  target.on('SIGHUP', onTerminate);
  return {
    signal: controller.signal,
    cancel: (reason) => controller.abort(reason),
    limit(ms) {
      timer = setTimeout(() => controller.abort(new TimeoutError('PRICECTL_E_TIMEOUT', `not done after ${ms / 1000} s (--timeout)`)), ms);
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      target.off('SIGINT', onInterrupt);
      target.off('SIGTERM', onTerminate);
      target.off('SIGHUP', onTerminate);
    },
  };
}
