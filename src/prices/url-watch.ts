import { smallBytes } from './build-table.ts';
import { type DownloadLimits, downloadPrices } from './download.ts';
import type { Look, SourceWatch } from './source-watch.ts';
import type { Validator } from './validator.ts';

/**
 * Watches a URL by asking for what is newer than what it sent last. Small lists come with the answer. Larger ones are only seen: the thread that
 * builds the table asks for them again, so that neither their bytes nor what receiving them leaves behind weigh on this thread.
 */
export class UrlWatch implements SourceWatch {
  readonly #url: URL;
  readonly #limits: DownloadLimits;
  /** That of the content that was dealt with last: one that was rejected isn't downloaded again either. */
  #validator: Validator | undefined;

  constructor(url: URL, limits: DownloadLimits) {
    this.#url = url;
    this.#limits = limits;
  }

  async look(signal: AbortSignal): Promise<Look> {
    const download = await downloadPrices(this.#url, { signal, validator: this.#validator, limits: this.#limits, wantedBytes: smallBytes });
    if (download.kind === 'not-modified') return { kind: 'unchanged' };
    return {
      kind: 'candidate',
      input: download.kind === 'body' ? { kind: 'bytes', bytes: download.bytes } : { kind: 'url', url: this.#url.href, limits: this.#limits },
      settle: () => {
        this.#validator = download.validator;
      },
    };
  }
}
