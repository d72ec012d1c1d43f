import { timingSafeEqual } from 'node:crypto';

/** What a request says of itself. */
export interface AskedFor {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/** Why a request gets nothing. */
export interface Refusal {
  readonly status: 403 | 405;
  /** One sentence. */
  readonly words: string;
}

/** The path below the token's folder, or why there is none for this request. */
export type Admission = { readonly path: string } | Refusal;

/** Names under which the loopback address is reached; a name of somewhere else that leads here is DNS rebinding. The port may be that of a tunnel. */
const loopbackHost = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/**
 * Lets a request in that comes from this machine's own address, reads, and knows the token: the first part of its path. The token is not in a cookie,
 * which every other port of the machine would get too.
 */
export function admit({ method, target, host, origin }: AskedFor, token: string): Admission {
  if (host === undefined || !loopbackHost.test(host)) return { status: 403, words: 'This page is for this machine alone.' };
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) return { status: 403, words: 'Other pages may not ask here.' };
  const [path = ''] = target.split('?', 1);
  const [, first = '', ...rest] = path.split('/');
  if (!isSame(first, token)) return { status: 403, words: 'Open the address that pricectl watch --web printed: it holds the key.' };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, words: 'This page can only be read.' };
  return { path: rest.join('/') };
}

/** In a time that doesn't tell how much of it is right. */
function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
