/** Hands what several producers bring to one consumer, in the order of arrival. */
export class LineQueue<T> {
  readonly #items: T[] = [];
  #failure: { readonly error: unknown } | undefined;
  #wake = () => {};

  push(item: T): void {
    this.#items.push(item);
    this.#wake();
  }

  /** The consumer gets this error after what came before it. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  /** The next item; waits for one. Throws the error of `fail`, and the signal's reason on abort. */
  async next(signal: AbortSignal): Promise<T> {
    for (;;) {
      signal.throwIfAborted();
      const item = this.#items.shift();
      if (item !== undefined) return item;
      if (this.#failure !== undefined) throw this.#failure.error;
      await this.#wait(signal);
    }
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    signal.addEventListener('abort', this.#wake, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', this.#wake);
      this.#wake = () => {};
    }
  }
}
