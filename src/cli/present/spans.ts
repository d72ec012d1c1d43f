import type { Style } from '../style.ts';

/** A piece of text in one style. */
export interface Span {
  readonly text: string;
  readonly style?: keyof Style;
}

/** One line of a screen. */
export type Line = readonly Span[];

/** How many characters a line takes. */
function lengthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + Array.from(text).length, 0);
}

/** A text whose control characters are blanks: it stays on its line, and does nothing to a terminal. */
export function withoutControls(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}

/** A line as text for a terminal of `columns`: what doesn't fit ends in an ellipsis, and control characters do nothing. */
export function renderLine(line: Line, columns: number, style: Style): string {
  const isCut = lengthOf(line) > columns;
  let room = isCut ? columns - 1 : columns;
  const pieces = line.map(({ text, style: name }) => {
    const shown = Array.from(withoutControls(text)).slice(0, Math.max(0, room)).join('');
    room -= Array.from(text).length;
    return name === undefined || shown === '' ? shown : style[name](shown);
  });
  return isCut && columns > 0 ? `${pieces.join('')}…` : pieces.join('');
}

/** Parts side by side with three spaces between, on as many lines as they need; the first begins with the label, the others below its text. */
export function flow(label: string, parts: readonly Line[], columns: number): readonly Line[] {
  const isNarrow = columns < 50;
  const indent = isNarrow ? 2 : 12;
  const lines: Span[][] = isNarrow ? [[{ text: label, style: 'dim' }]] : [];
  for (const part of parts) {
    const last = isNarrow && lines.length === 1 ? undefined : lines.at(-1);
    if (last !== undefined && lengthOf(last) + 3 + lengthOf(part) <= columns) last.push({ text: '   ' }, ...part);
    else lines.push([{ text: (lines.length === 0 ? label : '').padEnd(indent), style: 'dim' }, ...part]);
  }
  return lines;
}

/** A text as parts for `flow` that break between words, never between a number and its unit. */
export function wrapWords(text: string, width: number): readonly Line[] {
  const lines: string[] = [];
  for (const word of text.split(/(?<!\d) /)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => [{ text: line }]);
}
