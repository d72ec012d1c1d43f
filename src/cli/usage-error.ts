import { Errors } from '@oclif/core';
import { UsageError } from '../tools/errors.ts';

/**
 * oclif's own complaints about a command line, and ours that passed through its parser, as usage errors of one line.
 * oclif wraps what a flag's parser throws in "Parsing --flag" and "See more help with --help", and changes the error itself. Other errors pass
 * as they are. `command` is the command as it is typed.
 */
export function asUsageError(error: Error, command: string): Error {
  if (!(error instanceof Errors.CLIError) && !(error instanceof UsageError)) return error;
  const lines = error.message.split('\n').map((line) => line.trim());
  const words = lines.filter((line) => line !== '' && !line.startsWith('See more help')).join(' ');
  const [, flag, complaint] = /^Parsing (--\S+)\s+(.*)$/.exec(words) ?? [];
  if (error instanceof UsageError && complaint === undefined) return error;
  const message = flag === undefined || complaint === undefined ? words : complaint.includes(flag) ? complaint : `${flag}: ${complaint}`;
  return new UsageError('PRICECTL_E_USAGE', message, { hints: [`${command} --help`], cause: error });
}
