import { expect, test } from 'vitest';
import { listOf, toBuffer } from './prices.fixture.ts';
import { produceTable } from './produce-table.ts';

const rows = 20_000;

function produce(onTurn?: () => void) {
  return produceTable({ input: { kind: 'bytes', bytes: toBuffer(listOf(rows)) }, label: 'the list', knownSha256: undefined }, onTurn);
}

test('who works in turns makes the same table, and is asked at least once for each thousand rows', async () => {
  let turns = 0;
  const [atOnce, inTurns] = [await produce(), await produce(() => void (turns += 1))];
  expect(inTurns).toMatchObject({ kind: 'table', memory: { rows } });
  expect(inTurns).toMatchObject({ sha256: Reflect.get(atOnce, 'sha256') });
  expect(turns).toBeGreaterThanOrEqual(rows / 1_024);
});
