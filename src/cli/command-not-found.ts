import type { Hook } from '@oclif/core';
import { UsageError } from '../tools/errors.ts';
import { errorJson, errorText } from './error-text.ts';
import { exitCodeOf } from './exit-codes.ts';
import { styleFor } from './style.ts';

/** What oclif runs for words that name no command: says so as every other error is said. */
export const commandNotFound: Hook<'command_not_found'> = async ({ id, argv = [], config }) => {
  const error = new UsageError('PRICECTL_E_USAGE', complaint(id.split(':'), (name) => config.findCommand(name) !== undefined), {
    hints: ['pricectl --help'],
  });
  process.exitCode = exitCodeOf(error);
  const isJson = argv.includes('--json') || /^(1|true)$/i.test(process.env['PRICECTL_JSON'] ?? '');
  if (isJson) process.stdout.write(`${JSON.stringify(errorJson(error), null, 2)}\n`);
  else process.stderr.write(`${errorText(error, styleFor(process.stderr, argv.includes('--no-color'), process.env))}\n`);
};

/** With a space between topic and command, oclif takes an argument too many for the name of a command below the one that was meant. */
function complaint(words: readonly string[], isCommand: (id: string) => boolean): string {
  for (let count = words.length - 1; count > 0; count -= 1) {
    if (isCommand(words.slice(0, count).join(':'))) return `${words.slice(0, count).join(' ')} takes no argument ${JSON.stringify(words[count])}`;
  }
  return `there is no command ${JSON.stringify(words.join(' '))}`;
}
