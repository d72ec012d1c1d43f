import type { PriceResult } from '../../workflows/ask-prices.ts';

/** The price alone for one id, `ID,PRICE` lines for several; unknown ids have no line. */
export function presentPriceAnswers(result: PriceResult): string {
  const found = result.prices.filter((answer) => answer.found);
  if (result.prices.length === 1) return found.map((answer) => answer.price).join('');
  return found.map((answer) => `${answer.id},${answer.price}`).join('\n');
}
