import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createRandom } from '../../src/prices/prices.fixture.ts';

/** Chooses at random, reproducibly. */
export interface Chooser {
  /** A whole number from 0 to below `limit`. */
  readonly below: (limit: number) => number;
  /** True in this share of cases. */
  readonly chance: (share: number) => boolean;
  /** One of these; throws when there is none. */
  readonly pick: <T>(from: readonly T[]) => T;
  /** So many values, `from` to `to` of them. */
  readonly some: <T>(from: number, to: number, make: () => T) => T[];
}

export function createChooser(seed: number): Chooser {
  const random = createRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  return {
    below,
    chance: (share) => random() < share,
    pick(from) {
      const picked = from[below(from.length)];
      if (picked === undefined) throw new Error('there is nothing to pick from');
      return picked;
    },
    some: (from, to, make) => Array.from({ length: from + below(to - from + 1) }, make),
  };
}

/** The seed of all cases of a run. `PRICECTL_FUZZ_SEED` repeats one: the case that a failure names comes first then. */
const firstSeed = Number(process.env['PRICECTL_FUZZ_SEED'] ?? 1);

/** How many cases to run: `PRICECTL_FUZZ_CASES`, or as many as fit into the time of a test. */
const wantedCases = Number(process.env['PRICECTL_FUZZ_CASES'] ?? 0);

/** How long a fuzzer runs without a number of cases. */
const usualMs = 12_000;

/** Limit of a test that fuzzes, in milliseconds: none when a number of cases is asked for. */
export const fuzzTimeoutMs = wantedCases > 0 ? 0 : 120_000;

/** The seeds of a run, one a case, until there are enough cases or the time is up. */
export function* seeds(casesPerSeed = 1): Generator<number> {
  const end = performance.now() + usualMs;
  for (let count = 0; wantedCases > 0 ? count * casesPerSeed < wantedCases : performance.now() < end; count += 1) yield firstSeed + count;
}

/** The memory of this process in bytes that is still in use after a garbage collection. */
export function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
