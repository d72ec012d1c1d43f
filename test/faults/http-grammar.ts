import type { Chooser } from './fuzz.ts';

/** A request, and what must come back. */
export interface Case {
  readonly method: string;
  /** One byte a character. */
  readonly bytes: string;
  readonly status: number;
  /** The whole body; undefined where only the status is laid down. */
  readonly body: string | undefined;
}

/** Prices that a server has for these requests. */
export const knownPrices: ReadonlyMap<string, string> = new Map([
  ['P124', '49.5'], ['P125', '10.00'], ['a b', '3'], ['a+b', '4.000000'], ['50%', '123456789012345.123456'], ['a&b=c', '7'], ['ü€𝄞', '0.10'], ['\uFFFD', '8'],
  ['__proto__', '1.10'], ['constructor', '2.20'], ['#', '9'], ['%41', '11'], ['x'.repeat(256), '12'], ['product_id', '13.50'],
]);

const unknownIds = ['P12', 'P1245', 'p124', 'A', 'toString', '\0', '\r\nX: y', ' P124', 'P124 ', 'a  b', 'x'.repeat(257), 'ü', '\uFEFFP124', '__proto__ '] as const;
const brokenCodes = ['%', '%4', '%zz', '%C3', '%C0%AF', '%E0%80%AF', '%ED%A0%80', '%F4%90%80%80', '%FF', '%u0041', '#', '#P124'] as const;
const otherNames = ['x', '', 'product', 'PRODUCT_ID', 'product_id[]', ' product_id', 'product_id\0', 'constructor', '__proto__'] as const;
const plainHeaders = ['Connection: keep-alive', 'User-Agent: x', 'Cookie: a=b', 'Range: bytes=0-1', 'If-None-Match: *', 'X-HTTP-Method-Override: POST', 'X-Original-URL: /metrics', 'TE: trailers', 'X: \xfc', 'Forwarded: for=x'] as const;
const accepts = [['', 'text'], ['Accept: */*', 'text'], ['Accept: text/plain', 'text'], ['Accept: image/png', 'text'], ['accept:application/json', 'json'], ['Accept: application/json;q=0.9, image/png', 'json'], ['Accept: application/*', 'json']] as const;
const wrongMethods = ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY'] as const;
const otherPaths = [['/', 404], ['/prices', 405], ['/price/', 404], ['//price', 404], ['/PRICE', 404], ['/%70rice', 404], ['/./price', 404], ['/price%3Fproduct_id=P124', 404], ['/livez', 200], ['/readyz', 200], ['/version', 200]] as const;

/** Makes a request and says by how it was made what the answer must be. */
export function makeCase(choose: Chooser): Case {
  const { chance, pick, some } = choose;
  if (chance(0.15)) return makePost(choose);
  const headers = ['Host: h', ...some(0, 3, () => pick(plainHeaders))];
  if (chance(0.1)) {
    const [path, status] = pick(otherPaths);
    return { method: 'GET', bytes: `GET ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`, status, body: undefined };
  }
  const { query, id } = makeQuery(choose);
  const [accept, format] = pick([accepts[0], ...accepts]);
  const method = chance(0.9) ? 'GET' : chance(0.5) ? 'HEAD' : pick(wrongMethods);
  const url = `${pick(['', '', '', 'http://h', 'HTTP://u@h:1', 'https://h'])}/price${query}`;
  const bytes = `${method} ${url} HTTP/1.1\r\n${[...headers, ...(accept === '' ? [] : [accept])].join('\r\n')}\r\n\r\n`;
  if (url.length > 8_192) return { method, bytes, status: 414, body: undefined };
  if (method !== 'GET' && method !== 'HEAD') return { method, bytes, status: 405, body: undefined };
  return { method, bytes, ...answerTo(id, format, method) };
}

function answerTo(id: string | undefined, format: 'text' | 'json', method: string): Pick<Case, 'status' | 'body'> {
  if (id === undefined) return { status: 400, body: method === 'HEAD' ? '' : undefined };
  const price = knownPrices.get(id);
  const body = format === 'json' ? JSON.stringify({ product_id: id, price: price ?? null }) : (price ?? '');
  return { status: price === undefined ? 404 : 200, body: method === 'HEAD' ? '' : body };
}

function makeId({ chance, pick }: Chooser): string {
  if (chance(0.005)) return 'y'.repeat(8_170 + (chance(0.5) ? 0 : 30));
  return chance(0.75) ? pick(['P124', ...knownPrices.keys()]) : pick(unknownIds);
}

/** A query, and the one id that is in it; undefined when there isn't exactly one, or it is not well-formed. */
function makeQuery(choose: Chooser): { query: string; id: string | undefined } {
  const { chance, pick, some } = choose;
  const ids: string[] = [];
  let isBroken = false;
  const broken = () => {
    isBroken ||= chance(0.04);
    return isBroken ? pick(brokenCodes) : '';
  };
  const parameters = some(1, 1, () => (chance(0.03) ? 0 : 1)).concat(chance(0.05) ? [1] : [], some(0, chance(0.3) ? 3 : 0, () => 0)).toSorted(() => (chance(0.5) ? 1 : -1));
  const texts = parameters.map((isId) => {
    const id = makeId(choose);
    if (isId === 0) return `${encode(pick(otherNames), choose)}${pick(['', '=', `=${encode(id.slice(0, 300), choose)}`])}${broken()}`;
    ids.push(id);
    return `${encode('product_id', choose)}=${encode(id, choose)}${broken()}`;
  });
  const [id] = ids;
  return { query: `?${texts.join('&')}`, id: isBroken || ids.length !== 1 ? undefined : id };
}

/** Encodes a text for a query: what must be, and here and there what need not be. */
function encode(text: string, { chance }: Chooser): string {
  const share = chance(0.3) ? 0.3 : 0;
  const bytes = [...Buffer.from(text)];
  return bytes.map((byte) => {
    if (byte === 0x20 && chance(0.5)) return '+';
    const isPlain = byte > 0x20 && byte < 0x7f && !'#%&+='.includes(String.fromCharCode(byte));
    if (isPlain && !chance(share)) return String.fromCharCode(byte);
    const hex = byte.toString(16).padStart(2, '0');
    return `%${chance(0.5) ? hex : hex.toUpperCase()}`;
  }).join('');
}

function makePost(choose: Chooser): Case {
  const { chance, pick, some } = choose;
  const ids = some(0, 6, () => makeId(choose));
  const prices = Object.fromEntries(ids.flatMap((id) => (knownPrices.has(id) ? [[id, knownPrices.get(id)]] : [])));
  const missing = [...new Set(ids)].filter((id) => !knownPrices.has(id));
  const json = JSON.stringify({ product_ids: ids });
  const isCut = chance(0.1);
  const body = Buffer.from(isCut ? json.slice(0, -1 - choose.below(5)) : json).toString('latin1');
  const framed = chance(0.5) ? `Content-Length: ${body.length}\r\n\r\n${body}` : `Transfer-Encoding: chunked\r\n\r\n${chunk(body, choose)}`;
  const bytes = `POST /prices HTTP/1.1\r\nHost: h\r\n${pick(['', 'Content-Type: application/json\r\n', 'Content-Type: text/x\r\n'])}${framed}`;
  return isCut ? { method: 'POST', bytes, status: 400, body: undefined } : { method: 'POST', bytes, status: 200, body: JSON.stringify({ prices, missing }) };
}

function chunk(body: string, { below, pick }: Chooser): string {
  const parts: string[] = [];
  for (let at = 0; at < body.length; ) {
    const size = 1 + below(body.length - at);
    parts.push(`${size.toString(16)}${pick(['', ';x', ';x=y'])}\r\n${body.slice(at, at + size)}\r\n`);
    at += size;
  }
  return `${parts.join('')}0\r\n\r\n`;
}

/** Changes bytes here and there: nobody knows what must come of it. */
export function damage(bytes: string, { below, pick, some }: Chooser): string {
  let damaged = bytes;
  for (const at of some(1, 4, () => below(damaged.length + 1))) {
    damaged = `${damaged.slice(0, at)}${pick(['', '\r', '\n', '\r\n', '\0', ' ', ':', '\xff', 'Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n', damaged.slice(at, at + 20)])}${damaged.slice(at + below(3))}`;
  }
  return damaged;
}
