import { UsageError } from '../tools/errors.ts';
import { escapeControls, quoteText } from './quote.ts';

/** Where a price list comes from. */
export type PriceSource =
  | {
      readonly kind: 'file';
      /** As given; a relative one is relative to the working directory. */
      readonly path: string;
    }
  | { readonly kind: 'url'; readonly url: URL };

/**
 * Reads a file's path or an http(s) URL. What has a scheme of two letters or more and `://` is taken for a URL (one letter is a drive).
 * Throws UsageError for nothing at all, a path with a NUL character, a malformed URL or one of another scheme.
 */
export function parsePriceSource(text: string): PriceSource {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return { kind: 'file', path: checkPath(text) };
  if (scheme !== 'http' && scheme !== 'https') {
    throw new UsageError('PRICECTL_E_USAGE', `prices come from a file or an http(s) URL, not from ${quoteText(`${scheme}://`)}`);
  }
  const url = URL.parse(text);
  if (url === null) throw new UsageError('PRICECTL_E_USAGE', `the ${scheme}:// address of the prices is not a URL`);
  return { kind: 'url', url };
}

/** How messages name a source. A URL goes without credentials, query and fragment, which may be secrets. */
export function describePriceSource(source: PriceSource): string {
  return escapeControls(source.kind === 'file' ? source.path : `${source.url.origin}${source.url.pathname}`);
}

function checkPath(path: string): string {
  if (path === '') throw new UsageError('PRICECTL_E_USAGE', 'prices come from a file or an http(s) URL, not from an empty name');
  if (path.includes('\0')) throw new UsageError('PRICECTL_E_USAGE', `${quoteText(path)} is not the path of a file`);
  return path;
}
