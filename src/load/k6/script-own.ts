import type { Profile } from '../profile.ts';
import type { K6Script } from './script.ts';
import { mostScriptBytes, scriptError, sizeOf } from './script-files.ts';
import { packScript } from './script-pack.ts';
import { wrapperFiles } from './script-wrapper.ts';

/** How a script of the user's is wrapped. */
export interface WrapOptions {
  /** Thresholds beside the script's own, by metric or submetric; k6 then measures these submetrics. */
  readonly thresholds?: Profile['thresholds'];
  /** Environment that the script reads as `__ENV`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Limit of all files together; what a ConfigMap holds without it. */
  readonly mostBytes?: number;
}

/**
 * A k6 script of the user's, with all that it imports and opens by path. Its options, exports, checks, thresholds, setup, teardown and
 * handleSummary keep working. Throws UsageError `PRICECTL_E_SCRIPT` for a file that isn't there, can't be read or lexed, or is too large with
 * what it brings. Whether it is a script k6 alone knows.
 */
export async function wrapUserScript(path: string, options: WrapOptions = {}): Promise<K6Script> {
  const mostBytes = options.mostBytes ?? mostScriptBytes;
  const packed = await packScript(path, mostBytes);
  const files = new Map([
    ...wrapperFiles({ file: packed.entry, hasDefault: packed.hasDefault, thresholds: options.thresholds ?? {} }),
    ...packed.files,
  ]);
  if (sizeOf(files) > mostBytes) throw scriptError(`${path} and what it brings are more than a ConfigMap holds`, ['leave out data that it opens, or fetch them in setup()']);
  return { files, env: options.env ?? {}, maxVus: null, isOwn: true };
}
