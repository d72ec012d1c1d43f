import { wrapWords } from './spans.ts';

const widest = 80;

/** A sentence of a list in lines of at most 80 columns, the first with a mark. A word that is longer stays whole. */
export function fold(text: string, mark = '-'): readonly string[] {
  return wrapWords(text, widest - 4).map((line, index) => `  ${index === 0 ? mark : ' '} ${line.map(({ text }) => text).join('')}`);
}
