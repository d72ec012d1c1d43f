/** What one candidate measured, a value a round. */
export interface Figure {
  readonly name: string;
  readonly values: readonly number[];
}

/**
 * What is wanted of the first figure of a comparison: of its ratio to that of `against`, or without it of the value itself.
 * `atLeast` and `atMost` are in the unit of that.
 */
export interface Goal {
  readonly against?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** How the goals' table has it, when the limit alone doesn't say: `1.8x file + 60 MB`. */
  readonly wanted?: string;
}

/** One quantity, measured of all candidates in turn. The first figure is ours. */
export interface Comparison {
  readonly what: string;
  /** `req/s`, `ms`, `MB`, ... */
  readonly unit: string;
  readonly figures: readonly Figure[];
  readonly goals: readonly Goal[];
}

/** What could not be measured, and why. */
export interface LeftOut {
  readonly what: string;
  readonly why: string;
}

/** How something grows: a line a name, drawn over a logarithmic or linear x. */
export interface Chart {
  /** File name without its ending. */
  readonly name: string;
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly ChartLine[];
}

export interface Axis {
  readonly label: string;
  readonly isLogarithmic: boolean;
}

export type Point = readonly [x: number, y: number];

export interface ChartLine {
  readonly name: string;
  readonly points: readonly Point[];
}

/** All that a section found. */
export interface Findings {
  readonly comparisons: readonly Comparison[];
  readonly charts?: readonly Chart[];
  readonly leftOut?: readonly LeftOut[];
  /** How it was measured, and what limits the worth of the figures; a sentence each. */
  readonly remarks?: readonly string[];
}

/** Where and with what something was measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Version of each program, by its name. */
  readonly versions: Readonly<Record<string, string>>;
}

/** What `bench/results/<section>.json` holds. */
export interface SectionResult extends Findings {
  readonly section: string;
  readonly title: string;
  /** RFC 3339. */
  readonly measuredAt: string;
  readonly seconds: number;
  readonly machine: Machine;
}
