import { parentPort, workerData } from 'node:worker_threads';
import { produceTable } from './produce-table.ts';
import { buffersOf } from './table-memory.ts';
import type { TableRequest } from './table-request.ts';

// Entry of the thread that build-table.ts starts: builds one table and moves it to the thread that asked.

const port = parentPort;
if (port === null) throw new Error('table-worker.ts runs in a worker thread only');
const request: TableRequest = workerData;
const reply = await produceTable(request);
if (reply.kind === 'table') {
  // Stays until it is told to end, with the table that was replaced: freeing 200 MB takes 13 ms, in which a server would answer nobody.
  port.once('message', () => port.close());
  port.postMessage(reply, buffersOf(reply.memory));
} else {
  port.postMessage(reply);
}
