import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerCommand, WorkerPlan } from './messages.ts';
import { parseServiceUrl } from './service-url.ts';
import { clientFactory, WorkerLoad } from './worker-load.ts';

/** Entry of a worker thread: makes one worker's share of a load test, led by commands, and ends by itself when all is reported. */
async function main(plan: WorkerPlan): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('this file is the entry of a worker thread');
  const createClient = await clientFactory(parseServiceUrl(plan.request.url));
  const load = new WorkerLoad(plan, createClient, (report) => {
    port.postMessage(report);
    if (report.type === 'result') port.close();
  });
  port.on('message', (command: WorkerCommand) => load.obey(command));
  port.postMessage({ type: 'ready' });
}

await main(workerData);
