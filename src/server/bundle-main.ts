import { isMainThread } from 'node:worker_threads';

// Entry of dist/image/server.js, which is the server and, as a thread of it, what builds a price table.
await (isMainThread ? import('./main.ts') : import('../prices/table-worker.ts'));
