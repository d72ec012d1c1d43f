import { crc32 } from './merge-crc.ts';
import type { RunnerPayload } from './merge-payload.ts';
import { parsePayload } from './merge-payload-parser.ts';

/** What begins each line of a payload; no other line of a log begins so. */
const marker = '##PRICECTL';

/** More lines than this are of nobody that we know: 80 MB. */
const mostLines = 10_000;

/** Gathers what one runner tells of its load in its log, `##PRICECTL I/N CHUNK` N times and `##PRICECTL-END BYTES CRC` at the end. */
export interface PayloadCollector {
  /**
   * Takes a line of the log, without its line feed and without a time stamp in front. Lines may come in any order and more than once, as after a log
   * was connected again. True when the line is of the payload; other lines are left alone.
   */
  add(line: string): boolean;
  /** Whether all lines that were announced and the end are there. */
  isComplete(): boolean;
  /** The payload; or in words what is wrong with it: `its result is cut off: ...`; undefined when no line was of a payload. */
  result(): RunnerPayload | string | undefined;
}

/** Length in bytes of UTF-8 and CRC-32 of the whole text. */
interface PayloadEnd {
  readonly bytes: number;
  readonly crc: number;
}

export function createPayloadCollector(): PayloadCollector {
  const chunks = new Map<number, string>();
  let total: number | undefined;
  let endLine = '';

  function addChunk(index: number, announced: number, chunk: string): boolean {
    if (index < 1 || index > announced || announced > mostLines) return false;
    // Another number of lines is another payload, which takes the place of the first.
    if (announced !== total) {
      chunks.clear();
      endLine = '';
      total = announced;
    }
    // A connection that breaks may cut a line: the longer one is whole.
    if (chunk.length >= (chunks.get(index) ?? '').length) chunks.set(index, chunk);
    return true;
  }

  return {
    add(text) {
      if (!text.startsWith(marker)) return false;
      const line = text.replace(/\r$/, '');
      const [, index, announced, chunk] = /^##PRICECTL (\d{1,9})\/(\d{1,9}) (.*)$/s.exec(line) ?? [];
      if (chunk !== undefined) return addChunk(Number(index), Number(announced), chunk);
      if (readEnd(line) === undefined) return false;
      if (line.length >= endLine.length) endLine = line;
      return true;
    },
    isComplete: () => endLine !== '' && chunks.size === total,
    result: () => (total === undefined && endLine === '' ? undefined : readPayload(chunks, total ?? 0, readEnd(endLine))),
  };
}

function readEnd(line: string): PayloadEnd | undefined {
  const [, bytes, crc] = /^##PRICECTL-END (\d{1,15}) ([0-9a-f]{1,8})$/i.exec(line) ?? [];
  return bytes === undefined || crc === undefined ? undefined : { bytes: Number(bytes), crc: Number.parseInt(crc, 16) };
}

function readPayload(chunks: ReadonlyMap<number, string>, total: number, end: PayloadEnd | undefined): RunnerPayload | string {
  if (end === undefined) return `its result is cut off: ${chunks.size} of ${total} lines came, but no end`;
  const indices = Array.from({ length: total }, (_, index) => index + 1);
  const missing = indices.filter((index) => !chunks.has(index)).length;
  if (missing > 0 || total === 0) return total === 0 ? 'of its result only the end came' : `${missing} of ${total} lines of its result are missing`;
  const text = indices.map((index) => chunks.get(index)).join('');
  const bytes = new TextEncoder().encode(text);
  if (bytes.length !== end.bytes) return `its result is damaged: it has ${bytes.length} bytes, not ${end.bytes}`;
  if (crc32(bytes) !== end.crc) return "its result is damaged: it doesn't have the checksum that it was sent with";
  const payload = parsePayload(text);
  return typeof payload === 'string' ? `its result is malformed: ${payload}` : payload;
}
