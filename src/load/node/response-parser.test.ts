import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { maxHeadBytes, type ParseState, ResponseParser } from './response-parser.ts';

interface Outcome {
  readonly state: ParseState;
  readonly status: number;
  readonly isReusable: boolean;
}

/** Feeds the pieces, each from a buffer with other bytes behind it that don't count. */
function parse(pieces: readonly string[], isHead = false): Outcome {
  const parser = new ResponseParser();
  parser.reset(isHead);
  let state: ParseState = 'more';
  for (const piece of pieces) {
    if (state !== 'more') throw new Error(`${state} before the last piece`);
    const bytes = Buffer.from(`${piece}\r\n\r\nrest of an older read`, 'latin1');
    state = parser.push(bytes, piece.length);
  }
  return { state, status: parser.status, isReusable: parser.isReusable };
}

const complete: readonly [name: string, response: string, status: number, isReusable: boolean][] = [
  ['Content-Length', 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\n49.5', 200, true],
  ['Content-Length 0', 'HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n', 404, true],
  ['the same Content-Length twice', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab', 200, true],
  ['a body that looks like a response', 'HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\nHTTP/1.1 500 No\r\n\r\n', 200, true],
  ['blanks around values', 'HTTP/1.1 200 OK\r\nContent-Length: \t 2 \t\r\nConnection:close\r\n\r\nab', 200, false],
  ['no reason', 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nab', 200, true],
  ['line feeds alone', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nab', 200, true],
  ['a folded header', 'HTTP/1.1 200 OK\r\nX-Long: a\r\n b: c\r\nContent-Length: 2\r\n\r\nab', 200, true],
  ['chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n49.\r\n1\r\n5\r\n0\r\n\r\n', 200, true],
  ['chunk extensions and trailers', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\nA ;x="y"\r\n0123456789\r\n0\r\nExpires: 0\r\n\r\n', 200, true],
  ['chunked beats Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 200, true],
  ['Connection: close', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: x, CLOSE\r\n\r\nab', 200, false],
  ['204', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', 204, true],
  ['304', 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n', 304, true],
  ['100 and 103 before it', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab', 200, true],
  ['headers of an interim response', 'HTTP/1.1 103 E\r\nContent-Length: 9\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab', 200, true],
  ['101, after which HTTP is over', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n', 101, false],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab', 200, false],
  ['HTTP/1.0 with keep-alive', 'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nab', 200, true],
  ['HTTP/1.0, which has no chunks', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\nab', 200, false],
];

describe('a complete response', () => {
  test.each(complete)('%s', (_, response, status, isReusable) => {
    expect(parse([response])).toEqual({ state: 'done', status, isReusable });
  });

  test.each(complete)('%s, split at any byte', (_, response, status, isReusable) => {
    for (let split = 1; split < response.length; split++) {
      expect(parse([response.slice(0, split), response.slice(split)]), `split at ${split}`).toEqual({ state: 'done', status, isReusable });
    }
  });

  test.each(complete)('%s, byte by byte', (_, response, status, isReusable) => {
    expect(parse(response.split(''))).toEqual({ state: 'done', status, isReusable });
  });

  test('to HEAD has no body', () => {
    expect(parse(['HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n'], true)).toEqual({ state: 'done', status: 200, isReusable: true });
  });

  test('with bytes behind it leaves a connection that nobody may use', () => {
    expect(parse(['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc'])).toEqual({ state: 'done', status: 200, isReusable: false });
  });

  test('is followed by the next on the same parser', () => {
    const parser = new ResponseParser();
    const first = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n');
    const second = Buffer.from('HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx');
    parser.reset(false);
    expect(parser.push(first, first.length)).toBe('done');
    parser.reset(false);
    expect(parser.push(second, second.length)).toBe('done');
    expect([parser.status, parser.isReusable]).toEqual([404, true]);
  });

  test('has no byte too many or too few', () => {
    for (const [name, response] of complete) {
      const parser = new ResponseParser();
      parser.reset(false);
      expect(parser.push(Buffer.from(response), response.length - 1), name).toBe('more');
    }
  });
});

describe('a body until the connection ends', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n';

  test('is complete with it', () => {
    for (let split = 1; split <= head.length; split++) {
      const parser = new ResponseParser();
      parser.reset(false);
      parser.push(Buffer.from(head.slice(0, split)), split);
      const rest = Buffer.from(`${head.slice(split)}49.5`);
      expect(parser.push(rest, rest.length)).toBe('more');
      expect([parser.end(), parser.status, parser.isReusable]).toEqual(['done', 200, false]);
    }
  });

  test('a cut-off head or sized body is malformed', () => {
    for (const response of ['', 'HTT', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n49.', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n']) {
      const parser = new ResponseParser();
      parser.reset(false);
      expect(parser.push(Buffer.from(response), response.length)).toBe('more');
      expect(parser.end(), response).toBe('malformed');
    }
  });
});

const malformed: readonly [name: string, response: string][] = [
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['HTTP/2', 'HTTP/2 200 OK\r\n'],
  ['no version', 'HTTP/1. 200 OK\r\n'],
  ['an empty line', '\r\n'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\n'],
  ['a status below 100', 'HTTP/1.1 099 OK\r\n'],
  ['a status of letters', 'HTTP/1.1 2x0 OK\r\n'],
  ['a header without colon', 'HTTP/1.1 200 OK\r\nnonsense\r\n'],
  ['a header without name', 'HTTP/1.1 200 OK\r\n: x\r\n'],
  ['a blank before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 2\r\n'],
  ['folding before the first header', 'HTTP/1.1 200 OK\r\n x: y\r\n'],
  ['a folded Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n 3\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n'],
  ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n'],
  ['an empty length', 'HTTP/1.1 200 OK\r\nContent-Length:\r\n'],
  ['a length beyond 2^53', 'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999\r\n'],
  ['an unknown transfer encoding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n'],
  ['chunked twice', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n'],
  ['a chunk size of letters', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
  ['no chunk size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n;x\r\n'],
  ['a chunk longer than its size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n'],
  ['headers without end', `HTTP/1.1 200 OK\r\n${'X-Padding: 0123456789\r\n'.repeat(maxHeadBytes / 20)}`],
  ['one header without end', `HTTP/1.1 200 OK\r\nX-Padding: ${'0'.repeat(maxHeadBytes)}`],
  ['interim responses without end', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(maxHeadBytes / 20)],
  ['trailers without end', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${'X: 0123456789\r\n'.repeat(maxHeadBytes / 10)}`],
];

describe('malformed', () => {
  test.each(malformed)('%s', (_, response) => {
    expect(parse([response]).state).toBe('malformed');
  });

  test.each(malformed)('%s, in pieces', (_, response) => {
    const parser = new ResponseParser();
    parser.reset(false);
    const bytes = Buffer.from(response);
    let state: ParseState = 'more';
    for (let at = 0; state === 'more' && at < bytes.length; at += 7) {
      const piece = bytes.subarray(at, at + 7);
      state = parser.push(piece, piece.length);
    }
    expect(state).toBe('malformed');
  });
});
