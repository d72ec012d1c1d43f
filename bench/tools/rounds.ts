import type { Figure } from '../findings.ts';

/** Somebody to measure: one value a round. */
export interface Candidate<Value> {
  readonly name: string;
  measure(): Promise<Value>;
}

/** What one candidate measured in all rounds. */
export interface Measured<Value> {
  readonly name: string;
  readonly values: readonly Value[];
}

/** Measures all candidates in turn, A B C A B C ..., so that what disturbs the machine for a while disturbs all of them. */
export async function inTurn<Value>(rounds: number, candidates: readonly Candidate<Value>[]): Promise<readonly Measured<Value>[]> {
  const measured = candidates.map(({ name }): { readonly name: string; readonly values: Value[] } => ({ name, values: [] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, candidate] of candidates.entries()) measured[index]?.values.push(await candidate.measure());
  }
  return measured;
}

/** One number of what was measured, by candidate. */
export function figuresOf<Value>(measured: readonly Measured<Value>[], pick: (value: Value) => number): readonly Figure[] {
  return measured.map(({ name, values }) => ({ name, values: values.map(pick) }));
}
