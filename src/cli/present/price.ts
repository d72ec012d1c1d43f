import type { PriceResult } from '../../workflows/ask-prices.ts';

/** The price alone for one id, `ID,PRICE` lines for several; unknown ids have no line. */
export function presentPriceAnswers(result: PriceResult): string {
  const found = result.prices.filter((answer) => answer.found);
  if (result.prices.length === 1) return found.map((answer) => answer.price).join('');
  return found.map((answer) => `${answer.id},${answer.price}`).join('\n');
}

const shownIdLength = 64;

/** The ids that the service doesn't know, on one line; empty when there is none. */
export function presentUnknownIds(result: PriceResult): string {
  const unknown = result.prices.filter((answer) => !answer.found).map(({ id }) => shorten(id));
  return unknown.length === 0 ? '' : `unknown id: ${unknown.join(', ')}`;
}

function shorten(id: string): string {
  const characters = Array.from(id);
  return characters.length <= shownIdLength ? id : `${characters.slice(0, shownIdLength).join('')}…`;
}
