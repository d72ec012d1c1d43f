/** What wrk measured. */
export interface WrkReport {
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  /** Socket errors and answers that are not 2xx or 3xx. */
  readonly failed: number;
}

const units: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000 };

/** Reads the output of `wrk --latency`. Throws an Error for another text. */
export function parseWrk(output: string): WrkReport {
  const requestsPerSecond = Number(/^Requests\/sec:\s+([\d.]+)$/m.exec(output)?.[1]);
  const [, p99, unit = ''] = /^\s+99%\s+([\d.]+)(us|ms|s|m) ?$/m.exec(output) ?? [];
  const p99Ms = Number(p99) * (units[unit] ?? Number.NaN);
  if (Number.isNaN(requestsPerSecond + p99Ms)) throw new Error(`wrk said: ${output}`);
  const [, ...errors] = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output) ?? [];
  const others = Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0);
  return { requestsPerSecond, p99Ms, failed: errors.reduce((sum, count) => sum + Number(count), others) };
}
