import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { produceTable } from './produce-table.ts';
import { createTurns } from './take-turns.ts';
import { buffersOf } from './table-memory.ts';
import type { TableRequest } from './table-request.ts';

// Entry of the thread that build-table.ts starts: builds one table and moves it to the thread that asked.

const port = parentPort;
if (port === null) throw new Error('table-worker.ts runs in a worker thread only');
const request: TableRequest = workerData;
// Nobody waits for new prices as long as there are old ones.
const isReload = request.knownSha256 !== undefined;
if (isReload) giveWay();
const reply = await produceTable(request, isReload ? createTurns() : undefined);
if (reply.kind === 'table') {
  // Stays until it is told to end, with the table that was replaced: freeing 200 MB takes 13 ms, in which a server would answer nobody.
  port.once('message', () => port.close());
  port.postMessage(reply, buffersOf(reply.memory));
} else {
  port.postMessage(reply);
}

/**
 * Lets the threads that answer requests go first: nobody waits for new prices as long as there are old ones. Not the lowest priority, with which a
 * core that requests fill would leave 1.5 % to the reload instead of 10 %.
 */
function giveWay(): void {
  // Elsewhere that would be the priority of the whole process.
  if (process.platform !== 'linux') return;
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // A sandbox that allows no change of priority costs latency, not prices.
  }
}
