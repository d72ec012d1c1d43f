/** A flag of oclif, as far as it is read without oclif. */
export interface PlainFlag {
  readonly type: 'boolean' | 'option';
  readonly options?: readonly string[];
}

/** Words of a command line and the texts of its flags; a switch that is on has the empty text. */
export interface PlainArguments {
  readonly words: readonly string[];
  readonly given: ReadonlyMap<string, string>;
}

/**
 * Reads a command line that means the same to everybody: words, `--switch`, `--flag text` and `--flag=text` of these flags. Undefined for all others, which
 * only oclif's parser can read as it does: other flags, short ones, `--`, a text that begins with a dash or is empty, and anything that is there twice.
 */
export function readPlainArguments(argv: readonly string[], flags: Readonly<Record<string, PlainFlag>>): PlainArguments | undefined {
  if (new Set(argv).size < argv.length || argv.includes('')) return undefined;
  const words: string[] = [];
  const given = new Map<string, string>();
  const rest = argv.values();
  for (const token of rest) {
    if (!token.startsWith('-')) {
      words.push(token);
      continue;
    }
    const [, name = '', , text] = /^--([a-z-]+)(=(.*))?$/s.exec(token) ?? [];
    const flag = Object.hasOwn(flags, name) && !given.has(name) ? flags[name] : undefined;
    const value = flag?.type === 'boolean' ? (text === undefined ? '' : undefined) : (text ?? rest.next().value);
    if (flag === undefined || value === undefined || !isPlain(value, flag)) return undefined;
    given.set(name, value);
  }
  return { words, given };
}

function isPlain(value: string, { type, options }: PlainFlag): boolean {
  if (type === 'boolean') return true;
  return value !== '' && !value.startsWith('-') && (options === undefined || options.includes(value));
}
