import type { Clock } from '../../tools/clock.ts';
import { TimeoutError } from '../../tools/errors.ts';
import { isRunning, type ProcessIdentity, signalProcess } from '../../tools/process-identity.ts';

/** How processes are awaited. */
export interface EndOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Time to end in order; then they are killed. */
  readonly graceMs: number;
  /** Told again and again how many still run. */
  onWait(running: number): void;
}

/** A killed process is gone at once, unless it hangs in the kernel. */
const killMs = 10_000;

/**
 * Resolves when none of these very processes runs any more. Throws TimeoutError `PRICECTL_E_UNKILLABLE` when killing doesn't help, the signal's
 * reason on abort.
 */
export async function awaitEnd(processes: readonly ProcessIdentity[], options: EndOptions): Promise<void> {
  const { clock, signal, graceMs } = options;
  const killAtMs = clock.monotonicMs() + graceMs;
  for (let running = await listRunning(processes); running.length > 0; running = await listRunning(running)) {
    const nowMs = clock.monotonicMs();
    if (nowMs >= killAtMs + killMs) throw unkillable(running);
    if (nowMs >= killAtMs) await Promise.all(running.map((identity) => signalProcess(identity, 'SIGKILL')));
    options.onWait(running.length);
    await clock.sleep(20, signal);
  }
}

async function listRunning(processes: readonly ProcessIdentity[]): Promise<readonly ProcessIdentity[]> {
  const running = await Promise.all(processes.map(isRunning));
  return processes.filter((_, index) => running[index]);
}

function unkillable(running: readonly ProcessIdentity[]): TimeoutError {
  const pids = running.map(({ pid }) => pid).join(', ');
  return new TimeoutError('PRICECTL_E_UNKILLABLE', `process ${pids} can't be ended`);
}
