import { isRecord, parseJson } from '../../tools/json.ts';
import { parseDuration } from '../duration.ts';

/** What `k6 inspect --execution-requirements` says of a script. */
export interface ScriptRequirements {
  readonly maxVus: number;
  /** Length of the test with its graceful stop, in milliseconds; null when it isn't told in a form that we know. */
  readonly totalMs: number | null;
}

/** The requirements in the log of an initializer that succeeded; undefined when it holds something else. */
export function readRequirements(log: string): ScriptRequirements | undefined {
  const value = parseJson(log);
  if (!isRecord(value) || typeof value['maxVUs'] !== 'number') return undefined;
  return { maxVus: value['maxVUs'], totalMs: typeof value['totalDuration'] === 'string' ? durationMs(value['totalDuration']) : null };
}

function durationMs(text: string): number | null {
  try {
    return parseDuration(text, 'totalDuration');
  } catch {
    return null;
  }
}
