import type { Findings } from './findings.ts';
import type { Cores } from './tools/cores.ts';
import type { Programs } from './tools/programs.ts';

/** What a section works with. */
export interface Context {
  /** Ends all processes that were started. */
  readonly signal: AbortSignal;
  /** A folder that is removed at the end of the section. */
  readonly folder: string;
  readonly cores: Cores;
  readonly programs: Programs;
  /** Says on stderr what is under way. */
  log(text: string): void;
}

/** A group of things that are measured together, and can be measured alone. */
export interface Section {
  readonly name: string;
  readonly title: string;
  measure(context: Context): Promise<Findings>;
}
