/** A request as it goes over the wire. */
export interface RawRequest {
  readonly method: string;
  /** One byte a character. */
  readonly bytes: string;
}

/** Numbers in 0 .. 1 that are the same each time: mulberry32 (Tommy Ettinger). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Returns the usual text, or in a share of cases one of the odd ones. */
type Pick = (usual: string, odd: readonly string[], oddShare: number) => string;

function createPick(random: () => number): Pick {
  return (usual, odd, oddShare) => (random() < oddShare ? (odd[Math.floor(random() * odd.length)] ?? usual) : usual);
}

/**
 * What ids, queries and paths are put together from: percent-encoding good and bad, separators, bytes that Node's parser may refuse, and ids by
 * which `/price?product_id=` becomes 300 and 301 bytes long.
 */
const pieces = [
  '%50124', '%p0', '%', '%z', '%5', '%C3%BC', '%c3%bc', '%C3', '%C0%80', '%ED%A0%80', '%F4%90%80%80', '%00', '%2B', '%26', '%3D', '%25', '%23', '%2F', '%0D%0A',
  '+', '++', '&', '&&', '=', '==', '&product_id', '&product_id=', '&product_id=P125', '&PRODUCT_ID=P125', '?', '#', '/', '/..', ';', ',', ' ', '\t', '\0', '\x7f',
  '"<>\\^`{|}', '\u00FC', '\u00C3\u00BC', '\u00A0', '\u00FF', '__proto__', 'constructor', 'x'.repeat(282), 'x'.repeat(283),
];

/** Creates a source of URLs like `/price?product_id=P124`, many of them odd in some way. */
export function createUrls(random: () => number): () => string {
  const pick = createPick(random);
  const piece = () => pick('P124', pieces, 0.9);
  const id = () => pick('P124', ['P125', 'p124', '', 'NOPE', 'a+b', 'a%2Bb', 'a%20b', '50%25', '%C3%BC%E2%82%AC%F0%9D%84%9E', piece(), piece() + piece(), piece() + piece() + piece()], 0.7);
  const foreign = () => `${pick('x', ['', 'product', 'product_id[]', 'Product_id', piece()], 0.5)}=${id()}`;
  const name = () => pick('product_id', ['product%5Fid', 'product%5fid', 'product+id', 'PRODUCT_ID', 'product_id%00', ' product_id'], 0.1);
  const query = () =>
    pick(`?product_id=${id()}`, ['', '?', `?${name()}=${id()}`, `?${foreign()}&${name()}=${id()}`, `?${name()}=${id()}&${foreign()}`, `?${name()}=${id()}&${name()}=${id()}`, `?${piece()}`, `?&${name()}=${id()}&`, '?product_id'], 0.5);
  const paths = ['/PRICE', '/Price', '/price/', '/prices', '/%70rice', '//price', '/./price', '/price;a', '/price%3F', '/pric', '/', '*', 'price', '', `/price${piece()}`, `/${piece()}`];
  const absolute = ['http://h/price', 'HTTP://u@h:1/price', 'https://h/price', 'http://h', 'http://h/PRICE', 'ftp://h/price', 'http:///price'];
  return () => pick('/price', [...paths, ...absolute], 0.2) + query();
}

const accepts = [
  '*/*', 'text/plain', 'application/json', 'TEXT/PLAIN', 'text/*', 'application/*', 'application/json, text/plain, */*', 'text/plain;q=0.1, application/*', 'text/plain;q=0',
  'application/json;q=0', 'application/json; charset=utf-8', ' application/json ', 'image/png', 'text/html, */*;q=0.1', '', 'text/plain;q=x;;,', 'application/json\r\nAccept: text/plain', '*/*\r\nAccept: application/json',
];

/** Headers that clients and proxies send, and that must change nothing or only the connection. */
const others = [
  'Connection: keep-alive', 'Connection: close', 'Connection: Close', 'Connection: Keep-Alive, X-A', 'Connection: upgrade\r\nUpgrade: h2c', 'Keep-Alive: timeout=1', 'Proxy-Connection: close', 'X-A: \u00FC',
  'User-Agent: curl/8.0', 'Accept-Encoding: gzip', 'Accept-Language: de', 'Cookie: a=b', 'Authorization: Basic eDp5', 'Range: bytes=0-1', 'If-None-Match: *', 'If-Modified-Since: Tue, 24 Nov 2026 08:00:00 GMT',
  'X-HTTP-Method-Override: POST', 'X-Forwarded-Proto: https', 'X-Original-URL: /metrics', 'Cache-Control: no-cache', 'TE: trailers', 'Content-Type: application/json', `X-Long: ${'x'.repeat(900)}`,
];

/** Creates a source of requests to `/price` and its neighbourhood, many of them odd in some way. Each is complete, or such that a server refuses it. */
export function createRequests(random: () => number): () => RawRequest {
  const pick = createPick(random);
  const url = createUrls(random);
  const accept = () => pick('', accepts.map((value) => `${pick('Accept', ['ACCEPT', 'accept'], 0.2)}:${pick(' ', ['', '\t'], 0.1)}${value}`), 0.4);
  const bodies = [['Content-Length: 9', 'some body'], ['Content-Length: 0', ''], ['Transfer-Encoding: chunked', '4\r\nsome\r\n0\r\n\r\n'], ['Expect: 100-continue\r\nContent-Length: 3', 'abc']] as const;
  return () => {
    const method = pick('GET', ['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY', 'get', 'GETS'], 0.2);
    const [framing, body] = bodies[Math.floor(random() * bodies.length * 6)] ?? ['', ''];
    const host = pick('Host: h', ['', 'host: other.example:8080', 'Host:', 'Host: h\r\nHost: i'], 0.05);
    const headers = [host, accept(), pick('', others, 0.4), pick('', others, 0.1), framing].filter((line) => line !== '');
    const start = `${method} ${url()} HTTP/${pick('1.1', ['1.0', '1.0', '1.0', '0.9', '2.0'], 0.15)}`;
    return { method, bytes: `${[start, ...headers].join('\r\n')}\r\n\r\n${body}` };
  };
}
