import type { Connections } from './connections.ts';
import type { ServerState } from './state.ts';

/** Where a server's connections come from. */
export interface ConnectionSource {
  /** Resolves when no connection will come any more, or at once when nobody can tell. */
  readonly end: () => Promise<void>;
  /** How long there must have been no connection before it is taken that none will come. */
  readonly quietMs: number;
  /** Stops taking connections. */
  readonly close: () => void;
}

/** What is drained, and how long at most. */
export interface DrainOptions {
  readonly state: ServerState;
  readonly connections: Connections;
  readonly source: ConnectionSource;
  readonly deadlineMs: number;
}

/** How long the last bytes of an answer may take at the deadline. */
const graceMs = 500;

/**
 * Lets the clients of a server go: readiness is false and every answer says `Connection: close` from now on. No connection is closed before its
 * next answer or the deadline, for a client may be just sending on an idle one. Until no connection is left, new ones are taken and
 * answered in the same way. Returns whether all had gone before the deadline.
 */
export async function drain({ state, connections, source, deadlineMs }: DrainOptions): Promise<boolean> {
  state.isDraining = true;
  connections.endAfterNextResponse();
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), deadlineMs);
  const aborted = new Promise<void>((resolve) => deadline.signal.addEventListener('abort', () => resolve(), { once: true }));
  try {
    await Promise.race([source.end(), aborted]);
    await connections.whenQuiet(source.quietMs, deadline.signal);
    source.close();
    // Those that were accepted at the last moment.
    await connections.whenQuiet(0, deadline.signal);
  } catch (error) {
    if (!deadline.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
  source.close();
  await connections.endAll(graceMs);
  return !deadline.signal.aborted;
}
