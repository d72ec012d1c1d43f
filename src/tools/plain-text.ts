import { stripVTControlCharacters } from 'node:util';

/**
 * A text of a program without what a terminal acts on: escape sequences go as a whole, then control characters other than line breaks and tabs, and
 * those that turn the direction of writing. A carriage return between words, which would write over them, is a line break. What is left can be shown
 * in a message.
 */
export function plainText(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/^\r+/, '')
    .replaceAll(/\r+(\n?)(?=([^]?))/g, (_, end: string, next: string) => (end === '' && next === '' ? '' : '\n'))
    .replaceAll(/[^\P{Cc}\n\t]|[\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, '');
}
