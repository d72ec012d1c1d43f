import { PricesDownloadError } from './errors.ts';

/**
 * Where a redirect leads, without the credentials of where it comes from. Throws PricesDownloadError when it leads nowhere, out of HTTP, or from
 * https to http.
 */
export function redirectTarget(from: URL, location: string | undefined, label: string): URL {
  const to = location === undefined ? null : URL.parse(location, from);
  if (to === null || (to.protocol !== 'https:' && to.protocol !== 'http:')) throw redirectError(label, 'a redirect to nowhere');
  if (from.protocol === 'https:' && to.protocol === 'http:') throw redirectError(label, 'a redirect from https to http');
  return to;
}

/** The error for a redirect that isn't followed. */
export function redirectError(label: string, problem: string): PricesDownloadError {
  return new PricesDownloadError('PRICECTL_E_PRICES_REDIRECT', `${label}: ${problem}, which isn't followed`, { isTransient: false });
}
