import { basename } from 'node:path';
import { describePriceSource, parsePriceSource } from '../prices/source.ts';
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
  /** Why the newest prices were not taken and older ones are served; null when they were. */
  readonly rejection: string | null;
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
    rejection: state.rejection ?? null,
    requests: counts.priceRequests,
  };
}

/**
 * Names a price list for anybody to read: a file without its folders, a URL without credentials, query and fragment. Throws UsageError for what
 * is neither.
 */
export function describeSource(prices: string): string {
  const source = parsePriceSource(prices);
  return describePriceSource(source.kind === 'url' ? source : { kind: 'file', path: basename(source.path) });
}
