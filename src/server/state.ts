import type { PriceTable } from '../prices/table.ts';

/** How a look for new prices ended. */
export type ReloadOutcome = 'loaded' | 'rejected' | 'unchanged';

/** What the server answers from at this moment. Handlers read it once a request, so that an answer never mixes two tables. */
export interface ServerState {
  /** Undefined until the first table is loaded; replaced as a whole by a reload. */
  table: PriceTable | undefined;
  /** True from the start of the drain to the end. */
  isDraining: boolean;
  /** Looks for new prices since the first table, by outcome. */
  readonly reloads: Record<ReloadOutcome, number>;
  /** Why the newest prices were not taken; undefined when they were. */
  rejection: string | undefined;
}

/** The state of a server that has no prices yet. */
export function createServerState(): ServerState {
  return { table: undefined, isDraining: false, reloads: { loaded: 0, rejected: 0, unchanged: 0 }, rejection: undefined };
}

/** Why the server should get no requests, or undefined when it should. */
export function unreadyReason(state: ServerState): string | undefined {
  if (state.isDraining) return 'the server is shutting down';
  return state.table === undefined ? 'no prices are loaded yet' : undefined;
}
