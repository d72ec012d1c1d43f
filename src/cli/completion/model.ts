import type { Command, Config } from '@oclif/core';

/** Shells for which there is a script. */
export const shells = ['bash', 'zsh', 'fish'] as const;

/** A shell for which there is a script. */
export type Shell = (typeof shells)[number];

/** What may follow a flag or stand for an argument: one of some words, a path, or something that only the user knows. */
export type Values = { readonly kind: 'words'; readonly words: readonly string[] } | { readonly kind: 'files' } | { readonly kind: 'unknown' };

/** A flag as a shell completes it. */
export interface FlagModel {
  /** `--name`. */
  readonly name: string;
  /** `-n`, or null. */
  readonly char: string | null;
  readonly description: string;
  /** Null for a switch. */
  readonly values: Values | null;
}

/** A command as a shell completes it. */
export interface CommandModel {
  /** `prices check`. */
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly FlagModel[];
  /** What its arguments are; null when it takes none. */
  readonly values: Values | null;
}

/** A word at one place of a command line. */
export interface Word {
  readonly word: string;
  readonly description: string;
}

/** The commands of pricectl as a shell completes them, in order of their names. */
export function modelCommands({ commands }: Config): readonly CommandModel[] {
  const shown = commands.filter((command) => !command.hidden);
  return shown.map(modelCommand).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function modelCommand({ id, summary = '', flags, args }: Command.Loadable): CommandModel {
  const [first] = Object.values(args);
  return {
    name: id.replaceAll(':', ' '),
    summary,
    flags: Object.values(flags).flatMap(modelFlag),
    values: first === undefined ? null : valuesOf(first.options, first.name),
  };
}

function modelFlag(flag: Command.Flag.Cached): readonly FlagModel[] {
  if (flag.hidden) return [];
  const { name, char = null, description = '' } = flag;
  if (flag.type === 'boolean') {
    const on = { name: `--${name}`, char: char && `-${char}`, description, values: null };
    return flag.allowNo ? [on, { ...on, name: `--no-${name}`, char: null }] : [on];
  }
  return [{ name: `--${name}`, char: char && `-${char}`, description, values: valuesOf(flag.options, flag.helpValue?.toString() ?? '') }];
}

/** By what the help calls them: FILE, FILE|URL, file. */
function valuesOf(words: readonly string[] | undefined, called: string): Values {
  if (words !== undefined) return { kind: 'words', words };
  return /\bfile\b/i.test(called) ? { kind: 'files' } : { kind: 'unknown' };
}

/** What may come after the words of a command line so far, each with what it does; the words lead to a topic, or are none. */
export function wordsAfter(commands: readonly CommandModel[], before: readonly string[]): readonly Word[] {
  const depth = before.length;
  const below = commands.filter(({ name }) => before.every((word, index) => name.split(' ')[index] === word));
  const next = Map.groupBy(below, ({ name }) => name.split(' ')[depth] ?? '');
  next.delete('');
  return [...next].map(([word, [first, ...others]]) => {
    const isCommand = first !== undefined && others.length === 0 && first.name.split(' ').length === depth + 1;
    return { word, description: isCommand ? first.summary : `${others.length + 1} commands` };
  });
}

/** The topics: words that are no command by themselves, and begin one. */
export function topicsOf(commands: readonly CommandModel[]): readonly string[] {
  const topics = commands.flatMap(({ name }) => (name.includes(' ') ? [name.slice(0, name.indexOf(' '))] : []));
  return [...new Set(topics)];
}
