import type { Hook } from '@oclif/core';
import { UsageError } from '../tools/errors.ts';
import { errorJson, errorText } from './error-text.ts';
import { exitCodeOf } from './exit-codes.ts';
import { nearestWord } from './did-you-mean.ts';
import { styleFor } from './style.ts';

/** What oclif runs for words that name no command: says so as every other error is said. */
export const commandNotFound: Hook<'command_not_found'> = async ({ id, argv = [], config }) => {
  // Flags alone, and no command: as without them, where things stand.
  if (id.startsWith('-')) return config.runCommand('overview', [id, ...argv]);
  const words = id.split(':');
  const known = config.commands.flatMap((command) => (command.hidden ? [] : [command.id.replaceAll(':', ' ')]));
  const error = new UsageError('PRICECTL_E_USAGE', complaint(words, (name) => config.findCommand(name) !== undefined), {
    hints: [...meant(words, known), 'pricectl --help'],
  });
  process.exitCode = exitCodeOf(error);
  const isJson = argv.includes('--json') || /^(1|true)$/i.test(process.env['PRICECTL_JSON'] ?? '');
  if (isJson) process.stdout.write(`${JSON.stringify(errorJson(error), null, 2)}\n`);
  else process.stderr.write(`${errorText(error, styleFor(process.stderr, argv.includes('--no-color'), process.env))}\n`);
};

/** The command that was probably meant; of more words than a command has, the rest are arguments. */
function meant(words: readonly string[], known: readonly string[]): readonly string[] {
  const typed = [words.join(' '), words.slice(0, 2).join(' '), words[0] ?? ''];
  const nearest = typed.map((text) => nearestWord(text, known)).find((name) => name !== undefined);
  return nearest === undefined ? [] : [`pricectl ${nearest}`];
}

/** With a space between topic and command, oclif takes an argument too many for the name of a command below the one that was meant. */
function complaint(words: readonly string[], isCommand: (id: string) => boolean): string {
  for (let count = words.length - 1; count > 0; count -= 1) {
    if (isCommand(words.slice(0, count).join(':'))) return `${words.slice(0, count).join(' ')} takes no argument ${JSON.stringify(words[count])}`;
  }
  return `there is no command ${JSON.stringify(words.join(' '))}`;
}
