import { createHash } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';

const rows = 1_000;
const ids = Array.from({ length: rows }, (_, row) => `P${row}`);

/** Price lists of which each has other prices than all before, so that a price tells its product and its list. */
export interface PriceLists {
  readonly ids: readonly string[];
  /** The newest list that may be served, and the oldest that some replica may still serve. */
  readonly newest: number;
  readonly oldest: number;
  /** Puts the next list in the place of the served one, by a rename, and returns the SHA-256 that replicas then show. */
  replace(): Promise<string>;
  /** To be called once every replica shows the newest list: from then on an older price is wrong. */
  confirm(): void;
  /** What is wrong with a price that was asked for when `oldest` was the oldest list; undefined when nothing is. */
  judge(id: string, price: string, oldest: number): string | undefined;
}

/** Writes the first list to a file. */
export async function createPriceLists(path: string): Promise<PriceLists> {
  let [newest, oldest] = [1, 1];
  const text = (list: number) => ids.map((id, row) => `${id},${priceOf(list, row)}\n`).join('');
  await writeFile(path, text(newest));
  return {
    ids,
    get newest() {
      return newest;
    },
    get oldest() {
      return oldest;
    },
    async replace() {
      const next = text(newest + 1);
      await writeFile(`${path}.new`, next);
      newest += 1;
      await rename(`${path}.new`, path);
      return createHash('sha256').update(next).digest('hex');
    },
    confirm() {
      oldest = newest;
    },
    judge(id, price, oldest) {
      const list = Math.floor(Number(price) / rows);
      if (price !== String(priceOf(list, Number(id.slice(1))))) return `${id} costs ${JSON.stringify(price.slice(0, 50))}`;
      return list >= oldest && list <= newest ? undefined : `${id} has the price of list ${list}, lists ${oldest} to ${newest} are served`;
    },
  };
}

function priceOf(list: number, row: number): number {
  return list * rows + row;
}
