import type { Clock } from '../tools/clock.ts';
import { lookAtFile } from './file-state.ts';
import type { Look, SourceWatch } from './source-watch.ts';

/** How long a file must have stood still before it is read, in ms: one that is half written in place is often a valid shorter one. */
export const stillMs = 500;

/**
 * A file whose last change is so long ago when it is first seen stood still before we came, in ms. Much longer than `stillMs`, for the clock of
 * a file server may differ from ours.
 */
const oldMs = 5_000;

/**
 * Watches a file by looking at its state, which sees changes in place, renames, switched symbolic links (as a ConfigMap's) and network file
 * systems alike; notifications of the system miss some of them.
 */
export class FileWatch implements SourceWatch {
  readonly #path: string;
  readonly #label: string;
  readonly #clock: Clock;
  /** The state that was dealt with last. */
  #settled: string | undefined;
  #candidate: { readonly state: string; readonly sinceMs: number } | undefined;

  constructor(path: string, label: string, clock: Clock) {
    this.#path = path;
    this.#label = label;
    this.#clock = clock;
  }

  async look(): Promise<Look> {
    const sight = await lookAtFile(this.#path, this.#label);
    const { state } = sight;
    if (state === this.#settled) {
      this.#candidate = undefined;
      return { kind: 'none' };
    }
    const isFirst = this.#settled === undefined;
    if ('problem' in sight) {
      // At the start a missing file is an error at once; later it may be missing for a moment only, while it is replaced.
      if (!isFirst && !this.#isStill(state)) return { kind: 'unsettled' };
      this.#settled = state;
      throw sight.problem;
    }
    const wasStill = isFirst && this.#clock.now() - sight.changedAtMs >= oldMs;
    if (!this.#isStill(state) && !wasStill) return { kind: 'unsettled' };
    return {
      kind: 'candidate',
      input: { kind: 'file', path: this.#path, expectedState: state },
      settle: () => {
        this.#settled = state;
      },
    };
  }

  /** Whether the file was in this state at every look of the last `stillMs`. */
  #isStill(state: string): boolean {
    const now = this.#clock.monotonicMs();
    if (this.#candidate?.state !== state) this.#candidate = { state, sinceMs: now };
    return now - this.#candidate.sinceMs >= stillMs;
  }
}
