import type { Clock } from '../tools/clock.ts';
import type { LiveDisplay } from './live-view.ts';

/** Before that a wait isn't worth a word. */
const silentMs = 1_000;

/** What a wait is shown by: one line that is redrawn. */
export interface WaitingLine {
  show(text: string): void;
  clear(): void;
}

/**
 * Awaits `work`; when that takes over a second, a line says what is awaited and for how long, and goes when it is there. Only on a terminal: in a log
 * a line that can't be taken back says less than the result does. `createLine` is called when there is something to show.
 */
export async function showWaiting<T>(what: string, work: Promise<T>, { clock, createLine }: { readonly clock: Clock; readonly createLine: () => Promise<WaitingLine> }): Promise<T> {
  const ended = new AbortController();
  const startedAtMs = clock.monotonicMs();
  const tell = async () => {
    await clock.sleep(silentMs, ended.signal);
    const line = await createLine();
    try {
      for (;;) {
        ended.signal.throwIfAborted();
        line.show(`${what} … ${Math.floor((clock.monotonicMs() - startedAtMs) / 1_000)} s`);
        await clock.sleep(1_000, ended.signal);
      }
    } finally {
      line.clear();
    }
  };
  const told = tell().catch((error: unknown) => {
    if (!ended.signal.aborted) throw error;
  });
  try {
    return await work;
  } finally {
    ended.abort();
    await told;
  }
}

/** The line below what a display has shown. */
export async function createWaitingLine({ stream, style }: LiveDisplay): Promise<WaitingLine> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(stream);
  return { show: (text) => update(style.dim(text)), clear: () => update.clear() };
}
