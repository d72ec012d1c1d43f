/** Paths that have a meaning; every other path counts as `other`. */
export type Route = '/price' | '/prices' | '/livez' | '/readyz' | '/metrics' | '/version' | '/openapi.json' | 'other';

/** Number of requests with one method to one route, by the status of the answer. */
export class RequestSeries {
  readonly method: string;
  readonly route: Route;
  readonly #byCode = new Map<number, number>();
  #found = 0;

  constructor(method: string, route: Route) {
    this.method = method;
    this.route = route;
  }

  /** Counts one answer. A 200 costs one addition: prometheus counters with labels cost a good part of a request. */
  count(code: number): void {
    if (code === 200) this.#found += 1;
    else this.#byCode.set(code, (this.#byCode.get(code) ?? 0) + 1);
  }

  /** Status and number of answers, of each status that was given. */
  *entries(): IterableIterator<[code: number, count: number]> {
    if (this.#found > 0) yield [200, this.#found];
    yield* this.#byCode;
  }
}

/** Number of answered requests by method, route and status. */
export class RequestCounts {
  readonly #series = new Map<string, RequestSeries>();

  /** The series of a method and route. Methods are those that Node's parser knows, so there are few. */
  series(method: string, route: Route): RequestSeries {
    const key = `${method} ${route}`;
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const added = new RequestSeries(method, route);
    this.#series.set(key, added);
    return added;
  }

  /** Every series that was asked for. */
  all(): Iterable<RequestSeries> {
    return this.#series.values();
  }

  /** Number of requests for prices that were answered, whatever the answer. */
  get priceRequests(): number {
    let sum = 0;
    for (const series of this.#series.values()) {
      if (series.route !== '/price' && series.route !== '/prices') continue;
      for (const [, count] of series.entries()) sum += count;
    }
    return sum;
  }
}
