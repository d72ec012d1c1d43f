import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { PriceTable } from '../prices/table.ts';
import { listenOnPort } from './listen.ts';
import { createService, type Service } from './service.ts';
import { defaultServerSettings, type ServerSettings } from './settings.ts';

/** Settings for tests: a free port, and connections that don't age. */
export const testSettings: ServerSettings = { ...defaultServerSettings, prices: 'prices.txt', port: 0, maxConnectionAgeMs: 0 };

/** A table of these prices by id. */
export function tableOf(prices: Readonly<Record<string, string>>): PriceTable {
  const byId = new Map(Object.entries(prices));
  const text = Object.entries(prices).map((entry) => `${entry.join(',')}\n`).join('');
  return {
    rows: byId.size,
    bytes: Buffer.byteLength(text),
    sha256: createHash('sha256').update(text).digest('hex'),
    memoryBytes: Buffer.byteLength(text),
    // As UTF-8: a lone surrogate is the replacement character there.
    lookup: (id) => byId.get(id.toWellFormed()),
    idAt(row) {
      const id = [...byId.keys()][row];
      if (id === undefined) throw new RangeError(`no row ${row}`);
      return id;
    },
  };
}

/** The seed's prices, and ids that are hard on a server. */
export const seedTable = tableOf({
  P123: '19.99',
  P124: '49.5',
  P125: '10.0',
  P126: '5.75',
  ['__proto__']: '1',
  constructor: '2',
  'a b': '3',
  'a+b': '4',
  '50%': '5',
  'ü€𝄞': '6',
  'a&b=c': '7',
  '\uFFFD': '8',
});

/** A service that listens on a free port; `table` null leaves it without prices. */
export async function startService(given: Partial<ServerSettings> = {}, table: PriceTable | null = seedTable) {
  const settings = { ...testSettings, ...given };
  const log: string[] = [];
  const service: Service = createService(settings, { log: (text) => log.push(text), version: '1.2.3' });
  if (table !== null) service.state.table = table;
  const listener = await listenOnPort('127.0.0.1', 0, service.accept);
  return {
    ...service,
    settings,
    log,
    url: listener.address,
    port: Number(new URL(listener.address).port),
    async [Symbol.asyncDispose]() {
      listener.close();
      service.close();
      await service.connections.endAll(0);
    },
  };
}

/** Waits until a condition holds that nothing announces. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(2);
}
