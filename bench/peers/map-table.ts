// A price list in a JS Map of strings: how long until it is there, what it takes, and how long a look-up takes.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const [path = '', ids = ''] = process.argv.slice(2);
const startedAt = performance.now();
const prices = new Map<string, string>();
for await (const line of createInterface({ input: createReadStream(path) })) {
  const comma = line.indexOf(',');
  prices.set(line.slice(0, comma), line.slice(comma + 1));
}
const readyMs = performance.now() - startedAt;
const memoryMb = process.memoryUsage.rss() / 1e6;
const wanted = ids.split(',');
const lookedUpAt = performance.now();
let found = 0;
for (let round = 0; round < 1_000; round += 1) for (const id of wanted) if (prices.has(id)) found += 1;
if (found !== 1_000 * wanted.length) throw new Error(`${found} found`);
console.log(JSON.stringify({ readyMs, memoryMb, lookupNs: ((performance.now() - lookedUpAt) * 1e6) / found }));
