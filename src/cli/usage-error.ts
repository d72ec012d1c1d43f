import * as Errors from '@oclif/core/errors';
import { UsageError } from '../tools/errors.ts';
import { nearestWord } from './did-you-mean.ts';

/**
 * oclif's own complaints about a command line, and ours that passed through its parser, as usage errors of one line.
 * oclif wraps what a flag's parser throws in "Parsing --flag" and "See more help with --help", and changes the error itself. Other errors pass
 * as they are. `command` is the command as it is typed, `knownFlags` the names of its flags.
 */
export function asUsageError(error: Error, command: string, knownFlags: readonly string[] = []): Error {
  if (!(error instanceof Errors.CLIError) && !(error instanceof UsageError)) return error;
  const lines = error.message.split('\n').map((line) => line.trim());
  const words = lines.filter((line) => line !== '' && !line.startsWith('See more help')).join(' ');
  const [, flag, complaint] = /^Parsing (--\S+)\s+(.*)$/.exec(words) ?? [];
  if (error instanceof UsageError && complaint === undefined) return error;
  const message = flag === undefined || complaint === undefined ? words : complaint.includes(flag) ? complaint : `${flag}: ${complaint}`;
  return new UsageError('PRICECTL_E_USAGE', `${message}${meantFlags(words, knownFlags)}`, { hints: [`${command} --help`], cause: error });
}

function meantFlags(complaint: string, known: readonly string[]): string {
  const [, unknown = ''] = /^Nonexistent flags?: (.+)$/.exec(complaint) ?? [];
  const nearest = unknown.split(', ').flatMap((flag) => nearestWord(flag.replace(/^--?/, ''), known) ?? []);
  return nearest.length === 0 ? '' : `; did you mean ${nearest.map((name) => `--${name}`).join(' and ')}?`;
}
