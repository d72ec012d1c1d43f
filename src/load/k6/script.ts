/** A k6 script that is ready to run, as files of one flat folder: `main.js` wraps the load so that its summary sends a `RunnerPayload`. */
export interface K6Script {
  /** Contents by names without a slash (they become keys of a ConfigMap); one of them is `main.js`. */
  readonly files: ReadonlyMap<string, string>;
  /** Environment of k6, read by the script as `__ENV`. */
  readonly env: Readonly<Record<string, string>>;
  /** Most virtual users that it may use; null when only k6 knows, for a script of the user's. */
  readonly maxVus: number | null;
  /** Whether it is the user's own script: that brings its own thresholds. */
  readonly isOwn: boolean;
}
