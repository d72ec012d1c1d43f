import { UsageError } from '../../tools/errors.ts';

/** Where a service is reached, taken apart once. */
export interface ServiceUrl {
  readonly isSecure: boolean;
  /** Name or address to connect to, without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port: number;
  /** Value of the Host header. */
  readonly host: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path below which `/price` is found, without a slash at its end. */
  readonly basePath: string;
}

/**
 * Reads the base URL of a service. Throws UsageError `PRICECTL_E_USAGE` unless it is `http://` or `https://` without user,
 * password, query and fragment.
 */
export function parseServiceUrl(text: string): ServiceUrl {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) throw unusable(text, 'is not an http:// or https:// URL');
  if (url.username !== '' || url.password !== '') throw unusable(text, 'carries a user or password, which is never sent');
  if (url.search !== '' || url.hash !== '') throw unusable(text, 'carries a query or fragment; give the part before it');
  const isSecure = url.protocol === 'https:';
  return {
    isSecure,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    host: url.host,
    origin: url.origin,
    basePath: url.pathname.replace(/\/+$/, ''),
  };
}

function unusable(text: string, problem: string): UsageError {
  return new UsageError('PRICECTL_E_USAGE', `the URL ${JSON.stringify(text)} ${problem}`, { hints: ['for example http://127.0.0.1:8080'] });
}
