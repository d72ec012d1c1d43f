import { closestMatch } from 'leven';

/** Letters that may be wrong of a word: a third, one at least. More is another word. */
function mayDiffer(word: string): number {
  return Math.max(1, Math.floor(word.length / 3));
}

/** The known word that a word was probably meant to be; undefined when none is near. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  return closestMatch(word, known, { maxDistance: mayDiffer(word) });
}
