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

/** What k6 failed with, in one line, from a log of it: its last error, else its last line; undefined when it wrote nothing. */
export function readScriptError(log: string): string | undefined {
  const lines = log.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const errors = lines.flatMap((line) => readErrorLine(line) ?? []);
  // k6 repeats a failure with less to it: `GoError: ...` at first, then how it ended.
  const text = errors[0] ?? lines.findLast((line) => !line.startsWith('time=')) ?? lines.at(-1);
  return text === undefined ? undefined : shorten(withoutFolder(text.split('\n').slice(0, 2).map((line) => line.trim()).join(' ')));
}

/** Where the ConfigMap is mounted says nothing, and neither does that it was the script that couldn't be loaded. */
function withoutFolder(text: string): string {
  return text.replace(/^could not initialize '[^']*': /, '').replace(/^could not load JS test '[^']*': /, '').replaceAll(/(?:file:\/\/)?\/test\//g, '');
}

/** The message of a logged error: `time="..." level=error msg="SyntaxError: ..." hint="..."`. */
function readErrorLine(line: string): string | undefined {
  const [, quoted, plain] = /\blevel=(?:error|fatal) msg=(?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(line) ?? [];
  if (quoted === undefined) return plain;
  const unquoted = parseJson(`"${quoted}"`);
  return typeof unquoted === 'string' ? unquoted : quoted;
}

function durationMs(text: string): number | null {
  try {
    return parseDuration(text, 'totalDuration');
  } catch {
    return null;
  }
}

function shorten(text: string): string {
  return text.length > 400 ? `${text.slice(0, 399)}…` : text;
}
