/** A word of a command line, not its first, as a POSIX shell or zsh reads it back. The text has no NUL, as no argument has. */
export function shellQuote(text: string): string {
  return /^[\w./:@%+,-][\w./:@%+=,-]*$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
