/** How long a process must have run for its failures to be forgotten. */
export const stableMs = 60_000;

/** Longest pause before a restart. */
const longestDelayMs = 30_000;

/**
 * Pause before a process that ended is started again: none the first time, then 1 s, doubled each time up to 30 s.
 * `failures` counts the ends without a stable run between them, this one included; it is at least 1.
 */
export function restartDelayMs(failures: number): number {
  return failures <= 1 ? 0 : Math.min(longestDelayMs, 1_000 * 2 ** (failures - 2));
}
