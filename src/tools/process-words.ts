import { basename } from 'node:path';
import { plainText } from './plain-text.ts';

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

/** What stands for a secret wherever one is told of. */
const secrets: readonly (readonly [RegExp, string])[] = [
  // User and password of a URL; a password may have an @ of its own.
  [/\/\/[^/\s"']*@/g, '//***@'],
  // The query and fragment of one: tokens, and signatures of storage services.
  [/(\bhttps?:\/\/[^\s"'<>?#]*)[?#][^\s"'<>]+/gi, '$1?***'],
  [/\b(bearer|basic) [\w.~+/=-]{8,}/gi, '$1 ***'],
  [/((?:token|secret|password|passwd|api[-_]?key|client-key-data)["']?\s*[:=]\s*["']?)[\w.~+=%-][\w.~+/=%-]{11,}/gi, '$1***'],
];

/** A text without what may be secret in it: tools quote URLs of proxies and registries, headers, and parts of their settings. */
export function withoutSecrets(text: string): string {
  return secrets.reduce((told, [pattern, instead]) => told.replaceAll(pattern, instead), text);
}
