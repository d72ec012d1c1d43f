const mostCharacters = 40;

/** Quotes the beginning of a text that may be anything, so that it fits into a message. Never more than 40 of its characters. */
export function quoteText(text: string): string {
  // Twice as many UTF-16 units hold the characters that are shown, and one more that says whether there are more.
  const characters = Array.from(text.slice(0, 2 * mostCharacters + 2));
  const isCut = characters.length > mostCharacters;
  const shown = isCut ? characters.slice(0, mostCharacters).join('') : text;
  return escapeControls(JSON.stringify(isCut ? `${shown}…` : shown));
}

/** Quotes the beginning of bytes that should be UTF-8; what isn't shows as U+FFFD. */
export function quoteBytes(bytes: Uint8Array): string {
  // Four bytes are the longest character; a character cut off at the end is beyond those that are shown.
  return quoteText(Buffer.from(bytes.subarray(0, 4 * (mostCharacters + 2))).toString('utf8'));
}

/** Makes what a terminal would act on visible: control and format characters (bidirectional overrides, ...) and line separators. */
export function escapeControls(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
  });
}
