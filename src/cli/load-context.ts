import type { EngineFlagValues } from './choose-engine.ts';

/** Values of the flags that say what is loaded, by what, and from where. */
export interface LoadTargetFlags extends EngineFlagValues {
  readonly ids?: string | undefined;
}

/** What composing a load test takes beside the flags. */
export interface LoadContext {
  /** Version of pricectl. */
  readonly version: string;
  readonly signal: AbortSignal;
  /** Says something beside the result, a line each. */
  readonly say: (line: string) => void;
}
