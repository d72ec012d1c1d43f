import type { RequestListener } from 'node:http';
import type { App } from './app.ts';
import type { PriceFormat } from './price-handler.ts';
import type { ServerSettings } from './settings.ts';

/**
 * Answers `GET /price` without Express, by the handler that Express would call, and gives everything else to Express. What takes Express'
 * knowledge to understand is everything else too: an Accept of several media types, an absolute URL, a URL that is too long.
 */
export function withHotRoute({ listener, answerPrice, answerError }: App, { maxUrlBytes }: Pick<ServerSettings, 'maxUrlBytes'>): RequestListener {
  return (request, response) => {
    const { url = '' } = request;
    if (request.method === 'GET' && isPriceUrl(url) && url.length <= maxUrlBytes) {
      const format = formatOf(request.headers.accept);
      if (format !== undefined) {
        try {
          answerPrice(request, response, format);
        } catch (error) {
          answerError(error, request, response);
        }
        return;
      }
    }
    listener(request, response);
  };
}

/** Whether the URL's path is `/price`. */
function isPriceUrl(url: string): boolean {
  return url.startsWith('/price') && (url.length === 6 || url.charCodeAt(6) === 0x3f);
}

/** The format that an Accept header asks for when that is plain to see, else undefined. */
function formatOf(accept: string | undefined): PriceFormat | undefined {
  if (accept === undefined || accept === '*/*' || accept === 'text/plain') return 'text';
  return accept === 'application/json' ? 'json' : undefined;
}
