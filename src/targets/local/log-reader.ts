import { type FileHandle, open, stat } from 'node:fs/promises';
import { systemCode } from '../../tools/errors.ts';
import { parseLogLine } from '../log-line.ts';
import type { LogLine } from '../target.ts';
import { LineSplitter } from '../../tools/line-splitter.ts';
import { olderLog } from './log-file.ts';

const chunkBytes = 65_536;

/** Reads the log of one replica from its oldest line on, as it grows and is rotated. */
export class LogReader implements AsyncDisposable {
  readonly #pod: string;
  readonly #path: string;
  readonly #lines: LogLine[] = [];
  readonly #splitter = new LineSplitter((line) => this.#lines.push({ pod: this.#pod, ...parseLogLine(line) }));
  #file: FileHandle | undefined;

  constructor(pod: string, path: string) {
    this.#pod = pod;
    this.#path = path;
  }

  /** The lines that came since the last call; all of them at the first. */
  async *readNew(): AsyncGenerator<LogLine, void, undefined> {
    this.#file ??= (await openIfThere(olderLog(this.#path))) ?? (await openIfThere(this.#path));
    while (this.#file !== undefined) {
      yield* this.#readToEnd(this.#file);
      const next = await this.#openNext(this.#file);
      if (next === undefined) return;
      // What was written between the last read and the rotation.
      yield* this.#readToEnd(this.#file);
      await this.#file.close();
      this.#file = next;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async *#readToEnd(file: FileHandle): AsyncGenerator<LogLine, void, undefined> {
    const chunk = Buffer.alloc(chunkBytes);
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunkBytes);
      if (bytesRead === 0) return;
      this.#splitter.write(chunk.subarray(0, bytesRead));
      yield* this.#lines.splice(0);
    }
  }

  /** The file that is written now, unless it is the one that we read. */
  async #openNext(current: FileHandle): Promise<FileHandle | undefined> {
    try {
      const [now, own] = await Promise.all([stat(this.#path), current.stat()]);
      return now.ino === own.ino ? undefined : await openIfThere(this.#path);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
