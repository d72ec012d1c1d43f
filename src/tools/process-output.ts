import { LineSplitter } from './line-splitter.ts';
import { plainText } from './plain-text.ts';

/** Most bytes that are read of a program that answers a question, far more than any answer has: it is ended when it prints more. */
const mostBytes = 16 * 1_048_576;

/** Bytes of a stream that are kept at its end when its lines were told as they came. */
const keptBytes = 1_048_576;

/** What is done with the output of a program. */
export interface OutputReader {
  /** Gets each line, without what a terminal would act on; only the end of the stream is kept then. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Called once when there is more than can be kept; the rest is read and forgotten. */
  readonly onTooMuch: () => void;
}

/** Reads a stream to its end, without ever keeping more than a part of it, and returns that without its last line break. */
export async function readOutput(chunks: AsyncIterable<Uint8Array>, { onLine, onTooMuch }: OutputReader): Promise<string> {
  const limit = onLine === undefined ? mostBytes : keptBytes;
  const splitter = onLine && plainLines(onLine);
  const kept: Uint8Array[] = [];
  let length = 0;
  let isTooMuch = false;
  for await (const chunk of chunks) {
    splitter?.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    if (isTooMuch) continue;
    kept.push(chunk);
    length += chunk.byteLength;
    if (length <= limit) continue;
    if (splitter !== undefined) {
      while (length - (kept[0]?.byteLength ?? 0) >= limit) length -= kept.shift()?.byteLength ?? 0;
      continue;
    }
    isTooMuch = true;
    kept.length = 0;
    onTooMuch();
  }
  splitter?.end();
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(kept)).replace(/\r?\n$/, '');
}

/** The lines of a stream as they come, without what a terminal would act on. */
export async function readLines(chunks: AsyncIterable<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  const splitter = plainLines(onLine);
  for await (const chunk of chunks) splitter.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  splitter.end();
}

/** A progress bar that is written over again and again is many lines. */
function plainLines(onLine: (line: string) => void): LineSplitter {
  return new LineSplitter((text) => {
    for (const line of plainText(text).split('\n')) onLine(line);
  });
}
