import type { PriceData } from '../prices/table.ts';
import type { RequestCounts } from './request-counts.ts';
import { type ServerState, unreadyReason } from './state.ts';

/** What a server process is. */
export interface ServerIdentity {
  /** Version of pricectl. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** Where the prices come from, as anybody may read it (`describeSource`). */
  readonly source: string;
}

/** The answer of `/version`. */
export interface VersionAnswer {
  readonly version: string;
  /** Version of Node. */
  readonly node: string;
  readonly pid: number;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly ready: boolean;
  /** Null until the first table is loaded. */
  readonly prices: PriceData | null;
  readonly source: string;
  /** Requests for prices (`/price` and `/prices`) answered since the start, whatever the answer. */
  readonly requests: number;
}

/** Describes the process and what it answers from. */
export function describeVersion(identity: ServerIdentity, state: ServerState, counts: RequestCounts): VersionAnswer {
  const { table } = state;
  return {
    version: identity.version,
    node: process.versions.node,
    pid: process.pid,
    startedAt: new Date(identity.startedAtMs).toISOString(),
    ready: unreadyReason(state) === undefined,
    prices: table === undefined ? null : { rows: table.rows, bytes: table.bytes, sha256: table.sha256 },
    source: identity.source,
    requests: counts.priceRequests,
  };
}

/** A price list's file name without its folder, or its URL without credentials, query and fragment: those may be secrets. */
export function describeSource(prices: string): string {
  const url = URL.canParse(prices) ? new URL(prices) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return `${url.origin}${url.pathname}`;
  return prices.slice(Math.max(prices.lastIndexOf('/'), prices.lastIndexOf('\\')) + 1);
}
