/** A prime, so that neighbours in a file aren't neighbours in their numbers. */
const stride = 6_700_417;

/** The id in a row of a generated price list, the first one not counted. */
export function idOfRow(row: number, rows: number): string {
  return `P${String((row * stride) % rows).padStart(10, '0')}`;
}
