import type { RequestListener } from 'node:http';
import type { Handlers } from './handlers.ts';
import type { PriceFormat } from './price-handler.ts';
import type { ServerSettings } from './settings.ts';

/**
 * Answers `GET /price` and the two probes without Express, by the handlers that Express would call, and gives everything else to `listener`, which is
 * Express. What takes Express' knowledge to understand is everything else too: an Accept of several media types, an absolute URL, a URL that is too long.
 */
export function withHotRoute({ price, livez, readyz }: Handlers, listener: RequestListener, { maxUrlBytes }: Pick<ServerSettings, 'maxUrlBytes'>): RequestListener {
  return (request, response) => {
    const { url = '' } = request;
    if (request.method === 'GET') {
      if (isPriceUrl(url) && url.length <= maxUrlBytes) {
        const format = formatOf(request.headers.accept);
        if (format !== undefined) {
          try {
            price.answer(request, response, format);
          } catch (error) {
            price.answerError(error, request, response);
          }
          return;
        }
      }
      if (url === '/readyz') return readyz.answer(request, response);
      if (url === '/livez') return livez.answer(request, response);
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
