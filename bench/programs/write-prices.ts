// Writes a price list: P124 and as many others as asked for, in no order. Arguments: path, rows, and a number that makes its prices differ.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { idOfRow } from './row-ids.ts';

const [path = '', rowsText, generation] = process.argv.slice(2);
const rows = Number(rowsText);

function* priceLines(): Generator<string> {
  yield 'P124,49.5\n';
  for (let row = 1; row < rows; ) {
    let text = '';
    for (const end = Math.min(rows, row + 10_000); row < end; row += 1) text += `${idOfRow(row, rows)},${(((row * 37) % 1_000_000) + Number(generation)) / 100}\n`;
    yield text;
  }
}

await pipeline(Readable.from(priceLines()), createWriteStream(path));
