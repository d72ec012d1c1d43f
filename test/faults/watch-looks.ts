import { getEventListeners } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { plainStyle } from '../../src/cli/style.ts';
import { createWatchView } from '../../src/cli/watch-view.ts';
import { createRunStore } from '../../src/load/run-store.ts';
import { createLocalTarget } from '../../src/targets/local/target.ts';
import { systemClock } from '../../src/tools/clock.ts';
import { createPageFeed } from '../../src/workflows/watch-page.ts';
import { watchService } from '../../src/workflows/watch.ts';

/** What the process is after so many looks. */
export interface AfterLooks {
  readonly looks: number;
  /** After a collection of garbage; every fourth time also after all time-outs. */
  readonly heapBytes: number;
  /** Those of the signal that ends the watch. */
  readonly listeners: number;
}

/** What waits for the time-out of a question, 5 s, is not kept: a machine that looks fast has much of it. */
const settledMs = 5_500;

/** A page keeps an hour: each look is told to it so many times that it has one after a few hundred. */
const tellings = 20;

/** Watches the default service of a state folder as fast as it answers, as JSON, as a screen and as a page, and tells its parent each `every` looks what that takes. */
async function look(stateFolder: string, every: number): Promise<void> {
  Object.assign(process.stdout, { isTTY: true, columns: 120, rows: 40 });
  const { signal } = new AbortController();
  const identity = { target: 'local', context: null, namespace: 'pricectl', name: 'price-api' } as const;
  await using target = createLocalTarget({ identity, stateFolder, serverEntry: join(stateFolder, 'none'), clock: systemClock, env: process.env });
  using json = createWatchView({ process, style: plainStyle, isJson: true });
  using screen = createWatchView({ process, style: plainStyle, isJson: false });
  const page = createPageFeed('stream');
  let looks = 0;
  for await (const moment of watchService({ target, runs: createRunStore(stateFolder), clock: systemClock, everyMs: 0, signal })) {
    json.show(moment);
    screen.show(moment);
    for (let telling = 0; telling < tellings; telling += 1) page.add(moment);
    looks += 1;
    if (looks % every > 0) continue;
    if (looks % (4 * every) === 0) await delay(settledMs);
    await globalThis.gc?.({ type: 'major', execution: 'async', flavor: 'last-resort' });
    process.send?.({ looks, heapBytes: process.memoryUsage().heapUsed, listeners: getEventListeners(signal, 'abort').length } satisfies AfterLooks);
  }
}

const [stateFolder = '', every = ''] = process.argv.slice(2);
await look(stateFolder, Number(every));
