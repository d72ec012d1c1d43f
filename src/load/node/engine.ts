import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { threadEntry } from '../../tools/thread-entry.ts';
import type { LoadEngine } from '../engine.ts';
import { NodeLoadRun } from './load-run.ts';
import type { WorkerPlan } from './messages.ts';
import { usefulWorkers } from './shares.ts';
import { ownScenario } from '../profile.ts';

/** Settings of the node engine. */
export interface NodeEngineOptions {
  /** Worker threads. Default: half of the cores, so that one stays for a service on the same machine; at least 1. */
  readonly workers?: number;
}

/**
 * The engine that needs nothing but Node: worker threads share out the virtual users and starts of a scenario, each with its own event
 * loop. One keep-alive connection a virtual user; redirects are final; a runner is a worker. `start` throws nothing itself; the result
 * rejects with UsageError for a bad URL and with EnvironmentError `PRICECTL_E_UNREACHABLE` when nobody answers there.
 */
export function createNodeEngine(options: NodeEngineOptions = {}): LoadEngine {
  const workers = options.workers ?? Math.floor(availableParallelism() / 2);
  return {
    name: 'node',
    start(request, observer) {
      const run = new NodeLoadRun(request, observer, usefulWorkers(ownScenario(request.profile), workers), spawnWorker);
      return { result: run.run(), extend: (stages, end) => run.extend(stages, end) };
    },
  };
}

function spawnWorker(plan: WorkerPlan): Worker {
  return new Worker(threadEntry('worker', import.meta.url), { workerData: plan });
}
