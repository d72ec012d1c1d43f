import type { LoadTestOutcome } from '../workflows/load-test.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';

const byVerdict = { passed: exitCodes.done, failed: exitCodes.negative, incomplete: exitCodes.tool } as const;

/** The exit code of a command that ran a load test: that of what ended it early, else by its verdict. */
export function exitCodeOfRun({ result, interrupted }: Pick<LoadTestOutcome, 'result' | 'interrupted'>, signal: AbortSignal): number {
  return interrupted ? exitCodeOf(signal.reason) : byVerdict[result.verdict];
}
