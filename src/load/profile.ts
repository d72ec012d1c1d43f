/** Part of a ramp: within `durationMs` go from the last value to `target` (VUs, or iterations a second). */
export interface Stage {
  readonly durationMs: number;
  readonly target: number;
}

/** How load is shaped; names and meaning are those of k6's executors. */
export type Scenario =
  | { readonly executor: 'constant-vus'; readonly vus: number; readonly durationMs: number }
  | { readonly executor: 'ramping-vus'; readonly startVus: number; readonly stages: readonly Stage[] }
  | {
      readonly executor: 'constant-arrival-rate';
      /** Iterations a second. */
      readonly rate: number;
      readonly durationMs: number;
      readonly preAllocatedVus: number;
      readonly maxVus: number;
    }
  | {
      readonly executor: 'ramping-arrival-rate';
      readonly startRate: number;
      readonly stages: readonly Stage[];
      readonly preAllocatedVus: number;
      readonly maxVus: number;
      /** After the last stage hold its target until `LoadRun.extend` brings more stages. */
      readonly openEnded: boolean;
    };

/** Load as a k6 script of the user's shapes it: k6 alone knows how. */
export interface ScriptScenario {
  readonly executor: 'script';
  /** As the user named it. */
  readonly file: string;
}

/** What load to make and how to judge it. */
export interface Profile {
  /** `seed`, `quick`, `custom`, or `script`. */
  readonly name: string;
  readonly scenario: Scenario | ScriptScenario;
  /** Pause of a virtual user after each request. */
  readonly thinkTimeMs: number;
  /** Threshold expressions in k6's grammar, keyed by metric or submetric. */
  readonly thresholds: Readonly<Record<string, readonly string[]>>;
  /** How long a running iteration may go on after the end (and after its VU was ramped down). k6: gracefulStop. */
  readonly gracefulStopMs: number;
}

/** The scenario of a profile that is ours. Throws TypeError for that of a script, which only k6 can run. */
export function ownScenario({ scenario }: Profile): Scenario {
  if (scenario.executor === 'script') throw new TypeError('only k6 knows the scenario of a script');
  return scenario;
}
