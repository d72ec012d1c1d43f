/** One line of the server's log: time (RFC 3339, UTC, milliseconds), a space, the text with control characters escaped. */
export function formatLogLine(timeMs: number, text: string): string {
  return `${new Date(timeMs).toISOString()} ${text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, escapeCharacter)}\n`;
}

function escapeCharacter(character: string): string {
  return character === '\n' ? String.raw`\n` : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
