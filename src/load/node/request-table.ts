import type { ServiceUrl } from './service-url.ts';
import type { WorkerSlot } from './shares.ts';

/** Requests of more ids than this are built each time, so that a huge list doesn't take a multiple of its size. */
const cachedRequests = 65_536;

/** The `User-Agent` header of every request. */
export const userAgent = 'pricectl';

/** The requests for a list of ids, which a worker takes in turn. */
export class RequestTable {
  readonly #ids: readonly string[];
  readonly #pathPrefix: string;
  readonly #afterPath: string;
  readonly #texts: string[] = [];
  readonly #step: number;
  #next: number;

  constructor(service: ServiceUrl, ids: readonly string[], slot: WorkerSlot) {
    this.#ids = ids;
    this.#pathPrefix = `${service.basePath}/price?product_id=`;
    this.#afterPath = ` HTTP/1.1\r\nHost: ${service.host}\r\nUser-Agent: ${userAgent}\r\n\r\n`;
    this.#step = slot.count;
    this.#next = slot.index % ids.length;
  }

  /** Number of the id whose turn it is. All workers together go through the list in its order. */
  takeIndex(): number {
    const index = this.#next;
    this.#next = (index + this.#step) % this.#ids.length;
    return index;
  }

  /** Path and query of the request for an id. */
  path(index: number): string {
    return this.#pathPrefix + encodeURIComponent((this.#ids[index] ?? '').toWellFormed());
  }

  /** The whole request for an id, as it goes over the wire; all characters are ASCII. */
  text(index: number): string {
    const known = this.#texts[index];
    if (known !== undefined) return known;
    const text = `GET ${this.path(index)}${this.#afterPath}`;
    if (this.#ids.length <= cachedRequests) this.#texts[index] = text;
    return text;
  }
}
