import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { buildTable } from '../../src/prices/build-table.ts';
import { PricesInvalidError } from '../../src/prices/errors.ts';
import type { IndexedPriceTable } from '../../src/prices/indexed-table.ts';
import { createFolder, tableOf, toBuffer } from '../../src/prices/prices.fixture.ts';
import type { TableInput } from '../../src/prices/table-request.ts';
import { isGzip } from '../../src/prices/unpack.ts';
import { createChooser, fuzzTimeoutMs, memoryInUse, seeds } from './fuzz.ts';
import { makePriceList } from './price-list-grammar.ts';
import { type Judgement, judgePriceList } from './price-list-reference.ts';

const { signal } = new AbortController();

/** What is built of a list, as the reference says it. */
async function outcomeOf(build: () => IndexedPriceTable | Promise<IndexedPriceTable>, judged: Judgement): Promise<Judgement> {
  try {
    const table = await build();
    return { kind: 'table', prices: readAll(table) };
  } catch (error) {
    if (!(error instanceof PricesInvalidError)) throw error;
    if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(error.message) || error.message.length > 400) throw new Error('the message is no line for a terminal', { cause: error });
    const isSame = judged.kind === 'invalid' && error.problem.includes(judged.problem);
    return { kind: 'invalid', line: error.line, problem: isSame ? judged.problem : error.problem };
  }
}

/** All rows of a table, each looked up by its id. Neighbours of its ids have no price, unless they are ids themselves. */
function readAll(table: IndexedPriceTable): Map<string, string> {
  const prices = new Map(Array.from({ length: table.rows }, (_, row) => [table.idAt(row), table.lookup(table.idAt(row)) ?? 'none']));
  for (const id of prices.keys()) {
    for (const other of [`${id} `, `${id}0`, id.slice(0, -1), id.toUpperCase(), `${id},${prices.get(id)}`]) {
      if (!prices.has(other) && table.lookup(other) !== undefined) throw new Error(`${JSON.stringify(other)} has a price`);
    }
  }
  if (prices.size !== table.rows) throw new Error(`${table.rows} rows have ${prices.size} ids`);
  return prices;
}

async function build(input: TableInput): Promise<IndexedPriceTable> {
  const built = await buildTable({ input, label: 'prices.txt', knownSha256: undefined }, signal);
  if (built === undefined) throw new Error('nothing is known, and it was');
  await built.end();
  return built.table;
}

test('any price list gives the table or the error that its grammar says', { timeout: fuzzTimeoutMs }, async () => {
  await using folder = await createFolder();
  const path = join(folder.path, 'prices.txt');
  const counts = { cases: 0, tables: 0, files: 0, threads: 0 };
  const early = { cases: 0, bytes: 0 };
  for (const seed of seeds()) {
    const list = makePriceList(createChooser(seed));
    const judged = judgePriceList(list);
    const expectSame = async (how: string, make: () => IndexedPriceTable | Promise<IndexedPriceTable>) => {
      const outcome = await outcomeOf(make, judged).catch((error: unknown) => error);
      // The words for a failure cost more than the case.
      if (isDeepStrictEqual(outcome, judged)) return;
      expect(outcome, `${how}: PRICECTL_FUZZ_SEED=${seed} PRICECTL_FUZZ_CASES=1, the list is ${JSON.stringify(list.toString('latin1').slice(0, 2_000))}`).toEqual(judged);
    };
    await expectSame('index', () => tableOf(list));
    if (list.length > 1_500) await expectSame('small windows', () => tableOf(list, { windowBits: 11 }));
    // What begins as gzip data is unpacked before it is a list.
    if (seed % 16 === 0 && !isGzip(list)) await expectSame('bytes', () => build({ kind: 'bytes', bytes: toBuffer(list) }));
    if (seed % 64 === 0 && !isGzip(list)) {
      await writeFile(path, list);
      await expectSame('file', () => build({ kind: 'file', path, expectedState: undefined }));
      counts.files += 1;
    }
    if (seed % 1_024 === 0) {
      await expectSame('gzip, in a thread', () => build({ kind: 'bytes', bytes: toBuffer(gzipSync(list)) }));
      counts.threads += 1;
    }
    counts.cases += 1;
    if (judged.kind === 'table') counts.tables += 1;
    if (counts.cases === 2_048) Object.assign(early, { cases: counts.cases, bytes: memoryInUse() });
  }
  console.log(`${counts.cases} price lists: ${counts.tables} valid, ${counts.files} from a file, ${counts.threads} gzipped`);
  if (counts.cases < 3 * 2_048) return;
  // Both kinds must be there for the comparison to be worth something.
  expect(counts.tables / counts.cases).toBeGreaterThan(0.2);
  expect(counts.tables / counts.cases).toBeLessThan(0.8);
  expect((memoryInUse() - early.bytes) / (counts.cases - early.cases), 'bytes of memory that stay of a list').toBeLessThan(300);
});
