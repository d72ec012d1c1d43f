import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import type { Clock } from '../../tools/clock.ts';
import { parseLogLine } from '../log-line.ts';

/** Name of the file with the lines before those in `path`. */
export function olderLog(path: string): string {
  return `${path}.1`;
}

/**
 * A log file of bounded size: a full one becomes `olderLog`, in place of the one before. Each write reaches the file at once, so that nothing
 * is lost when the process is killed. What can't be written, for example on a full disk, is dropped: a service goes on without its log.
 */
export class LogFile implements Disposable {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #maxBytes: number;
  #descriptor: number | undefined;
  #bytes = 0;

  constructor(path: string, clock: Clock, maxBytes = 4_194_304) {
    this.#path = path;
    this.#clock = clock;
    this.#maxBytes = maxBytes;
  }

  /** Writes a line, with the time before it unless it brings its own. */
  write(text: string): void {
    const { timeMs } = parseLogLine(text);
    const line = Buffer.from(`${timeMs === null ? `${new Date(this.#clock.now()).toISOString()} ` : ''}${text}\n`);
    try {
      if (this.#descriptor !== undefined && this.#bytes + line.length > this.#maxBytes) this.#rotate();
      this.#descriptor ??= this.#open();
      this.#bytes += writeSync(this.#descriptor, line);
    } catch {
      // Dropped, as said above.
    }
  }

  [Symbol.dispose](): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #open(): number {
    const descriptor = openSync(this.#path, 'a', 0o600);
    this.#bytes = fstatSync(descriptor).size;
    return descriptor;
  }

  #rotate(): void {
    this[Symbol.dispose]();
    renameSync(this.#path, olderLog(this.#path));
  }
}
