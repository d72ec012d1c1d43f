import type { TableInput } from './table-request.ts';

/** What a look at a source found. */
export type Look =
  /** `none`: nothing new. `unsettled`: something new, not to be read yet. `unchanged`: the source was asked, and has what it had. */
  | { readonly kind: 'none' | 'unsettled' | 'unchanged' }
  | {
      readonly kind: 'candidate';
      readonly input: TableInput;
      /** Says that this content was dealt with, well or badly: it isn't offered again until the source changes. */
      settle(): void;
    };

/** Sees when a source of prices has something new. */
export interface SourceWatch {
  /** Looks once. Throws what is wrong with the source; PricectlError unless it is a bug. */
  look(signal: AbortSignal): Promise<Look>;
}
