import { constants } from 'node:os';
import { parseJson } from '../../tools/json.ts';

/** k6's exit codes in words (k6: errext/exitcodes/codes.go). */
const meanings: Readonly<Record<number, string>> = {
  97: 'the cloud run failed',
  98: 'the cloud lost the progress',
  99: 'a threshold of its own was crossed',
  100: 'setup() took too long',
  101: 'teardown() took too long',
  102: 'it ran into a time limit',
  103: 'it was stopped',
  104: 'the options of the script are invalid',
  105: 'it was told to end',
  106: "its REST API couldn't start",
  107: 'the script failed',
  108: 'the script aborted the test',
  109: 'k6 crashed',
  110: 'the script marked the test as failed',
  255: 'k6 refused',
};

/** Exit code for a REST API that couldn't start: the port is taken. */
export const restStartFailed = 106;

/**
 * Why a k6 process ended with an exit code, in a few words without the code itself: `the script failed: ReferenceError: x is not defined (load.js:3:5)`.
 * `said` is what it wrote to stderr or its log, `folder` the script's, which isn't told.
 */
export function describeExit(exitCode: number, said: string, folder = ''): string {
  const signal = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];
  const meaning = meanings[exitCode] ?? (signal === undefined ? undefined : `ended by ${signal}`);
  const words = [meaning, lastError(said, folder)].filter((part) => part !== undefined);
  return words.length === 0 ? 'it gave no reason' : words.join(': ');
}

/** The last error in k6's log, on one line; of no error, its last line. */
function lastError(said: string, folder: string): string | undefined {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const errors = lines.flatMap((line) => messageOf(line) ?? []);
  const text = errors.at(-1) ?? lines.at(-1);
  if (text === undefined) return undefined;
  const [first = '', ...rest] = withoutFolder(text, folder).split('\n');
  const place = rest.map((line) => /^\s*at (?:.*\()?([^()\s]+:\d+:\d+)/.exec(line)?.[1]).find((found) => found !== undefined);
  const items = first.endsWith(':') ? ` ${rest.map((line) => line.replace(/^\s*-?\s*/, '')).join('; ')}` : '';
  return `${`${first}${items}`.slice(0, 400)}${place === undefined ? '' : ` (${place})`}`;
}

/** The message in a line of k6's log that tells an error (logrus, text form); undefined for any other line. */
function messageOf(line: string): string | undefined {
  const quoted = /\blevel=(?:error|fatal|panic) msg=("(?:\\.|[^"\\])*"|\S+)/.exec(line)?.[1];
  const message = quoted?.startsWith('"') ? parseJson(quoted) : quoted;
  return typeof message === 'string' ? message : quoted;
}

/** The way to the script's own folder says nothing, and neither does that it was the script that couldn't be loaded. */
function withoutFolder(text: string, folder: string): string {
  const bare = folder === '' ? text : text.replaceAll(`file://${folder}/`, '').replaceAll(`${folder}/`, '');
  return bare.replace(/^could not initialize '[^']*': /, '').replace(/^could not load JS test '[^']*': /, '').replace(/^(\S+): (?=\1:)/, '');
}
