const widest = 80;

/** A sentence of a list in lines of at most 80 columns, the first with a mark. A word that is longer stays whole. */
export function fold(text: string, mark = '-'): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > widest - 4) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line, index) => `  ${index === 0 ? mark : ' '} ${line}`);
}
