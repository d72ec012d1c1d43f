import { Buffer } from 'node:buffer';
import { equalsIgnoreCase, parseDecimal, parseHexadecimal, parseStatusLine, skipBlanks, skipBlanksBack } from './http-bytes.ts';

/** Bytes of status line, headers and trailers that a response may have, interim (1xx) responses included. */
export const maxHeadBytes = 65_536;

/** What is known after some bytes of a response: more must come, it is complete, or it is not HTTP/1. */
export type ParseState = 'more' | 'done' | 'malformed';

type Phase = 'status-line' | 'headers' | 'sized-body' | 'unsized-body' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailers' | 'done';

const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const tab = 9;
const colon = 58;
const semicolon = 59;

/**
 * Reads HTTP/1.1 and HTTP/1.0 responses (RFC 9112) from bytes that come in pieces of any size, one response at a time. Keeps the
 * status and whether the connection may be used again, and skips the body. As strict as Go's net/http where framing is concerned.
 */
export class ResponseParser {
  #status = 0;
  #isReusable = true;
  #phase: Phase = 'status-line';
  #isHead = false;
  #isHttp10 = false;
  #headBytes = 0;
  /** Bytes of the body, or of the chunk, that are still to come. */
  #remaining = 0;
  /** -1 without Content-Length. */
  #contentLength = -1;
  #isChunked = false;
  #saysClose = false;
  #saysKeepAlive = false;
  #wasFraming = false;
  #hasHeader = false;
  /** Begin of a line whose end has not come yet. */
  #partialLine: Buffer | undefined;

  /** Status of the response, once its status line was read. */
  get status(): number {
    return this.#status;
  }

  /** Whether another request may be sent on the connection, once the response is done. */
  get isReusable(): boolean {
    return this.#isReusable;
  }

  /** Gets ready for the response to the next request; `isHead` when that is a HEAD request, whose response never has a body. */
  reset(isHead: boolean): void {
    this.#isHead = isHead;
    this.#headBytes = 0;
    this.#partialLine = undefined;
    this.#beginHead();
  }

  /** Takes the first `length` bytes of `bytes`, which it doesn't keep. Bytes beyond the response's end make the connection unusable. */
  push(bytes: Uint8Array, length: number): ParseState {
    let at = 0;
    while (at < length && this.#phase !== 'done') {
      if (this.#phase === 'sized-body' || this.#phase === 'chunk-data') {
        const taken = Math.min(this.#remaining, length - at);
        this.#remaining -= taken;
        at += taken;
        if (this.#remaining === 0) this.#phase = this.#phase === 'sized-body' ? 'done' : 'chunk-end';
      } else if (this.#phase === 'unsized-body') {
        at = length;
      } else {
        const lineEnd = indexOfLineFeed(bytes, at, length);
        if (lineEnd < 0) return this.#keepPartialLine(bytes, at, length) ? 'more' : 'malformed';
        if (!this.#takeLine(bytes, at, lineEnd)) return 'malformed';
        at = lineEnd + 1;
      }
    }
    if (this.#phase !== 'done') return 'more';
    if (at < length) this.#isReusable = false;
    return 'done';
  }

  /** What the end of the connection means: `done` for a body that lasts until then, else `malformed`. */
  end(): ParseState {
    return this.#phase === 'unsized-body' ? 'done' : 'malformed';
  }

  #beginHead(): void {
    this.#phase = 'status-line';
    this.#contentLength = -1;
    this.#isChunked = false;
    this.#saysClose = false;
    this.#saysKeepAlive = false;
    this.#wasFraming = false;
    this.#hasHeader = false;
  }

  /** Also bounds a line outside the head: the size of a chunk. */
  #keepPartialLine(bytes: Uint8Array, start: number, end: number): boolean {
    const piece = bytes.subarray(start, end);
    this.#partialLine = this.#partialLine === undefined ? Buffer.from(piece) : Buffer.concat([this.#partialLine, piece]);
    return this.#headBytes + this.#partialLine.length <= maxHeadBytes;
  }

  #takeLine(bytes: Uint8Array, start: number, lineFeedAt: number): boolean {
    if (this.#partialLine === undefined) return this.#readLine(bytes, start, lineFeedAt);
    const line = Buffer.concat([this.#partialLine, bytes.subarray(start, lineFeedAt)]);
    this.#partialLine = undefined;
    return this.#readLine(line, 0, line.length);
  }

  #readLine(bytes: Uint8Array, start: number, lineFeedAt: number): boolean {
    const end = lineFeedAt > start && bytes[lineFeedAt - 1] === carriageReturn ? lineFeedAt - 1 : lineFeedAt;
    if (this.#phase === 'chunk-size') return this.#readChunkSize(bytes, start, end);
    if (this.#phase === 'chunk-end') {
      this.#phase = 'chunk-size';
      return start === end;
    }
    this.#headBytes += lineFeedAt + 1 - start;
    if (this.#headBytes > maxHeadBytes) return false;
    if (this.#phase === 'status-line') return this.#readStatusLine(bytes, start, end);
    if (start !== end) return this.#phase === 'trailers' || this.#readHeader(bytes, start, end);
    if (this.#phase === 'headers') return this.#endHead();
    this.#phase = 'done';
    return true;
  }

  #readStatusLine(bytes: Uint8Array, start: number, end: number): boolean {
    const status = parseStatusLine(bytes, start, end);
    if (status < 0) return false;
    this.#status = status;
    this.#isHttp10 = bytes[start + 'HTTP/1.'.length] === '0'.charCodeAt(0);
    this.#phase = 'headers';
    return true;
  }

  #readHeader(bytes: Uint8Array, start: number, end: number): boolean {
    // A folded line belongs to the header before it: harmless unless that one decides where the response ends.
    if (bytes[start] === space || bytes[start] === tab) return this.#hasHeader && !this.#wasFraming;
    this.#hasHeader = true;
    let nameEnd = start;
    while (nameEnd < end && bytes[nameEnd] !== colon) nameEnd++;
    if (nameEnd === start || nameEnd === end || bytes[nameEnd - 1] === space || bytes[nameEnd - 1] === tab) return false;
    const valueStart = skipBlanks(bytes, nameEnd + 1, end);
    const valueEnd = skipBlanksBack(bytes, valueStart, end);
    this.#wasFraming = true;
    if (equalsIgnoreCase(bytes, start, nameEnd, 'content-length')) return this.#readContentLength(bytes, valueStart, valueEnd);
    if (equalsIgnoreCase(bytes, start, nameEnd, 'transfer-encoding')) return this.#readTransferEncoding(bytes, valueStart, valueEnd);
    if (equalsIgnoreCase(bytes, start, nameEnd, 'connection')) return this.#readConnection(bytes, valueStart, valueEnd);
    this.#wasFraming = false;
    return true;
  }

  #readContentLength(bytes: Uint8Array, start: number, end: number): boolean {
    const length = parseDecimal(bytes, start, end);
    if (length < 0 || (this.#contentLength >= 0 && this.#contentLength !== length)) return false;
    this.#contentLength = length;
    return true;
  }

  #readTransferEncoding(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#isHttp10) return true;
    if (this.#isChunked || !equalsIgnoreCase(bytes, start, end, 'chunked')) return false;
    this.#isChunked = true;
    return true;
  }

  #readConnection(bytes: Uint8Array, start: number, end: number): boolean {
    for (let at = start; at < end; ) {
      let comma = at;
      while (comma < end && bytes[comma] !== ','.charCodeAt(0)) comma++;
      const optionStart = skipBlanks(bytes, at, comma);
      const optionEnd = skipBlanksBack(bytes, optionStart, comma);
      this.#saysClose ||= equalsIgnoreCase(bytes, optionStart, optionEnd, 'close');
      this.#saysKeepAlive ||= equalsIgnoreCase(bytes, optionStart, optionEnd, 'keep-alive');
      at = comma + 1;
    }
    return true;
  }

  #endHead(): boolean {
    if (this.#status < 200 && this.#status !== 101) {
      this.#beginHead();
      return true;
    }
    this.#isReusable = !this.#saysClose && this.#status !== 101 && (!this.#isHttp10 || this.#saysKeepAlive);
    const hasBody = !this.#isHead && this.#status !== 101 && this.#status !== 204 && this.#status !== 304;
    if (!hasBody) {
      this.#phase = 'done';
    } else if (this.#isChunked) {
      this.#phase = 'chunk-size';
    } else if (this.#contentLength >= 0) {
      this.#remaining = this.#contentLength;
      this.#phase = this.#remaining === 0 ? 'done' : 'sized-body';
    } else {
      this.#isReusable = false;
      this.#phase = 'unsized-body';
    }
    return true;
  }

  #readChunkSize(bytes: Uint8Array, start: number, end: number): boolean {
    let sizeEnd = start;
    while (sizeEnd < end && bytes[sizeEnd] !== semicolon) sizeEnd++;
    this.#remaining = parseHexadecimal(bytes, start, skipBlanksBack(bytes, start, sizeEnd));
    this.#phase = this.#remaining === 0 ? 'trailers' : 'chunk-data';
    return this.#remaining >= 0;
  }
}

function indexOfLineFeed(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    if (bytes[at] === lineFeed) return at;
  }
  return -1;
}
