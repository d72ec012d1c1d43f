import type { ProcessExit } from './replica-process.ts';

const keptLines = 10;

/** The last lines that one process wrote. */
export class LogTail {
  readonly #lines: string[] = [];

  add(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > keptLines) this.#lines.shift();
  }

  /** At most ten, oldest first. */
  get lines(): readonly string[] {
    return [...this.#lines];
  }
}

/** How a process ended and what it said last, in one line: `exits with code 1: prices: line 3: ...`. */
export function describeExit({ code, signal }: ProcessExit, lastLine?: string): string {
  const end = signal === null ? (code === null ? 'could not be started' : `ended with code ${code}`) : `was ended by ${signal}`;
  return lastLine === undefined ? end : `${end}: ${lastLine}`;
}
