import { basename } from 'node:path';
import { plainText } from './plain-text.ts';
import { withoutSecrets } from './secrets.ts';

/** The last lines of its stderr that a failure's message carries, and how much of each. */
const lastLines = 10;
const longestLine = 500;

/**
 * What a command is called in messages: its file and the words before its first flag, at most three. Values of flags may be secrets and are
 * never told.
 */
export function commandWords(file: string, args: readonly string[]): string {
  const firstFlag = args.findIndex((arg) => arg.startsWith('-'));
  const words = args.slice(0, firstFlag === -1 ? undefined : firstFlag).slice(0, 3);
  return [basename(file), ...words].map(withoutSecrets).join(' ');
}

/** A sentence and, indented below it, the last lines of what a program said. */
export function withLastLines(sentence: string, said: string): string {
  const lines = plainText(said)
    .split('\n')
    .map((line) => withoutSecrets(line.trimEnd()).slice(0, longestLine))
    .filter((line) => line !== '');
  if (lines.length === 0) return sentence;
  return [`${sentence}:`, ...lines.slice(-lastLines)].join('\n  ');
}
