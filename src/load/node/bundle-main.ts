import { isMainThread } from 'node:worker_threads';

// Entry of dist/image/load.js, which is the program of a load job and, as a thread of it, a worker of the engine.
await (isMainThread ? import('./job-main.ts') : import('./worker.ts'));
