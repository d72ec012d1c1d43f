import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'undici';
import type { PriceLists } from './price-lists.ts';

/** What checked clients have seen. */
export interface Seen {
  answers: number;
  /** Answers with 200 and a price that no list served then has, with what is wrong. */
  readonly wrong: string[];
  /** Requests without an answer of 200; `atMs` is of the monotonic clock. */
  readonly failures: { readonly atMs: number; readonly what: string }[];
  /** Requests that took longer than a second. */
  readonly slow: { readonly atMs: number; readonly ms: number }[];
  longestMs: number;
}

/** Clients that ask at a steady rate. */
export interface Clients extends AsyncDisposable {
  readonly seen: Seen;
}

/**
 * Starts clients that ask `rate` requests a second in all, each on a keep-alive connection of its own with one request at a time, and judge every answer.
 * A client that is behind its schedule asks at once, at most a second's worth: the rate is bounded.
 */
export function startClients(url: string, lists: PriceLists, { rate, connections }: { readonly rate: number; readonly connections: number }): Clients {
  const seen: Seen = { answers: 0, wrong: [], failures: [], slow: [], longestMs: 0 };
  const stop = new AbortController();
  const periodMs = (1_000 * connections) / rate;
  const clients = Array.from({ length: connections }, (_, index) => keepAsking(url, lists, seen, { periodMs, index, connections, signal: stop.signal }));
  return {
    seen,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(clients);
    },
  };
}

interface Schedule {
  readonly periodMs: number;
  readonly index: number;
  readonly connections: number;
  readonly signal: AbortSignal;
}

async function keepAsking(url: string, lists: PriceLists, seen: Seen, { periodMs, index, connections, signal }: Schedule): Promise<void> {
  const client = new Client(url, { pipelining: 1, headersTimeout: 30_000, bodyTimeout: 30_000, keepAliveTimeout: 60_000 });
  let row = index;
  for (let dueMs = performance.now() + (periodMs * index) / connections; !signal.aborted; dueMs = Math.max(dueMs + periodMs, performance.now() - 1_000)) {
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await delay(waitMs);
    row = (row + connections) % lists.ids.length;
    await ask(client, lists, seen, lists.ids[row] ?? '');
  }
  await client.close();
}

async function ask(client: Client, lists: PriceLists, seen: Seen, id: string): Promise<void> {
  const { oldest } = lists;
  const startedAt = performance.now();
  try {
    const { statusCode, body } = await client.request({ method: 'GET', path: `/price?product_id=${id}` });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`status ${statusCode}`);
    seen.answers += 1;
    const problem = lists.judge(id, text, oldest);
    if (problem !== undefined) seen.wrong.push(problem);
  } catch (error) {
    seen.failures.push({ atMs: performance.now(), what: error instanceof Error ? error.message : String(error) });
  }
  const ms = performance.now() - startedAt;
  seen.longestMs = Math.max(seen.longestMs, ms);
  if (ms > 1_000) seen.slow.push({ atMs: startedAt, ms });
}
