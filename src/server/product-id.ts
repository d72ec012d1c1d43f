/** Why a URL names no product, as one sentence for the client's author. */
export interface QueryProblem {
  readonly detail: string;
}

const plainStart = '/price?product_id=';
const malformed: QueryProblem = { detail: 'the query is not well-formed: percent-encoded UTF-8 is expected' };
const missing: QueryProblem = { detail: 'the query parameter product_id is missing or empty' };
const repeated: QueryProblem = { detail: 'the query parameter product_id is given more than once' };

/**
 * The product id in the query of `/price`. The query is read as `application/x-www-form-urlencoded` (URL Standard 5.1), but strictly: bytes
 * that aren't percent-encoded UTF-8 are a problem and no replacement characters. Other parameters are ignored.
 */
export function readProductId(url: string): string | QueryProblem {
  return isPlain(url) ? url.slice(plainStart.length) : parseProductId(url);
}

/** Whether the URL is as nearly all are: product_id alone, and nothing in it to decode. Node's parser lets only printable ASCII pass. */
function isPlain(url: string): boolean {
  if (url.length === plainStart.length || !url.startsWith(plainStart)) return false;
  for (let index = plainStart.length; index < url.length; index += 1) {
    const code = url.charCodeAt(index);
    // # % & +
    if (code === 0x23 || code === 0x25 || code === 0x26 || code === 0x2b) return false;
  }
  return true;
}

function parseProductId(url: string): string | QueryProblem {
  if (url.includes('#')) return malformed;
  const start = url.indexOf('?');
  if (start === -1) return missing;
  let id: string | undefined;
  for (const parameter of url.slice(start + 1).split('&')) {
    const [name, value] = decodeParameter(parameter) ?? [];
    if (name === undefined || value === undefined) return malformed;
    if (name !== 'product_id') continue;
    if (id !== undefined) return repeated;
    id = value;
  }
  return id || missing;
}

/** Name and value, or undefined when they aren't percent-encoded UTF-8. */
function decodeParameter(parameter: string): readonly [name: string, value: string] | undefined {
  const spaced = parameter.replaceAll('+', ' ');
  const end = spaced.indexOf('=');
  try {
    if (end === -1) return [decodeURIComponent(spaced), ''];
    return [decodeURIComponent(spaced.slice(0, end)), decodeURIComponent(spaced.slice(end + 1))];
  } catch {
    return undefined;
  }
}
