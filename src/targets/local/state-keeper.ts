import { dirname } from 'node:path';
import { isThere } from '../../tools/files.ts';
import type { ProcessIdentity } from '../../tools/process-identity.ts';
import { type LocalState, readState, writeState } from './state.ts';

/** What is kept, and whom to tell. */
export interface StateKeeperOptions {
  readonly path: string;
  /** The state as it is now. */
  readonly state: () => LocalState;
  /** Takes one line. */
  readonly log: (text: string) => void;
}

/** Keeps the state file of a running service true, as its only writer. */
export class StateKeeper {
  readonly #options: StateKeeperOptions;
  #written = '';
  #saving: Promise<void> | undefined;

  constructor(options: StateKeeperOptions) {
    this.#options = options;
  }

  /** Writes the state unless it is written already; resolves when the file is as the state is. A failure is logged, and the next call tries again. */
  save(): Promise<void> {
    this.#saving ??= this.#write().finally(() => {
      this.#saving = undefined;
    });
    return this.#saving;
  }

  /**
   * Looks whether commands still find us by the file, and mends it when it is damaged or gone. False when that can't be, because the folder is
   * gone or the file names another supervisor: then nobody could ever take this one down.
   */
  async check(): Promise<boolean> {
    const { path, state, log } = this.#options;
    try {
      const stored = await readState(path);
      if (stored.kind === 'present') return isSame(stored.state.supervisor, state().supervisor);
      log(`state: ${path} is ${stored.kind} and is written anew`);
      this.#written = '';
      await this.save();
      return await isThere(dirname(path));
    } catch (error) {
      // A file that can't be read for once is no reason to end.
      log(`state: ${String(error)}`);
      return true;
    }
  }

  async #write(): Promise<void> {
    const { path, state, log } = this.#options;
    try {
      for (let next = JSON.stringify(state()); next !== this.#written; next = JSON.stringify(state())) {
        await writeState(path, state());
        this.#written = next;
      }
    } catch (error) {
      log(`state: ${String(error)}`);
    }
  }
}

function isSame(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startedAt === b.startedAt;
}
