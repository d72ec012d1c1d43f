import type { EngineResult, Runner } from './engine.ts';

/** How k6 ended by its exit code (k6: errext/exitcodes/codes.go), and what a signal makes of any process. */
const endings: ReadonlyMap<number, string> = new Map([
  [97, 'its cloud run failed'],
  [98, 'it lost sight of its cloud run'],
  [99, 'its own thresholds failed'],
  [100, 'setup() took too long'],
  [101, 'teardown() took too long'],
  [102, 'something took too long'],
  [103, 'it was stopped by its REST API'],
  [104, 'its options are invalid'],
  [105, 'it was stopped by a signal'],
  [106, 'it could not start its REST API'],
  [107, 'the script threw an exception'],
  [108, 'the script aborted the test'],
  [109, 'k6 itself crashed'],
  [137, 'it was killed'],
  [143, 'it was terminated'],
]);

/** The script called `test.fail()`: all was measured, and the answer is no. */
const markedFailed = 110;

/** What a runner ends with that was stopped with the test. */
const stopped: ReadonlySet<number> = new Set([103, 105]);

/** Of a test's data, what runners failed to bring. */
export function runnerGaps({ runners, interrupted }: Pick<EngineResult, 'runners' | 'interrupted'>): readonly string[] {
  return runners.flatMap((runner) => {
    const { name, exitCode, payload } = runner;
    if (payload === 'lost') return [`the result of ${name} is lost${inBrackets(endingOf(runner))}: the numbers are of the others only`];
    const isExpected = exitCode === 0 || exitCode === markedFailed || (interrupted && stopped.has(exitCode));
    return isExpected ? [] : [`${name} ended with exit code ${exitCode}${afterColon(wordsOf(runner))}`];
  });
}

/** What scripts judged themselves. */
export function runnerFailures({ runners }: Pick<EngineResult, 'runners'>): readonly string[] {
  return runners.filter(({ exitCode }) => exitCode === markedFailed).map(({ name }) => `the script marked the test as failed on ${name}`);
}

function endingOf(runner: Runner): string | undefined {
  const words = wordsOf(runner);
  if (runner.exitCode === 0 || runner.exitCode === 1) return words;
  return [words, `exit code ${runner.exitCode}`].filter((part) => part !== undefined).join(', ');
}

function wordsOf({ reason, exitCode }: Runner): string | undefined {
  if (typeof reason !== 'string' || reason === '') return endings.get(exitCode);
  return reason.replace(/^OOMKilled\b/, 'it ran out of memory (OOMKilled)').replace(/^Evicted\b/, 'it was evicted from its node');
}

function inBrackets(words: string | undefined): string {
  return words === undefined ? '' : ` (${words})`;
}

function afterColon(words: string | undefined): string {
  return words === undefined ? '' : `: ${words}`;
}
