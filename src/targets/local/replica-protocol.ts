import { isRecord } from '../../tools/json.ts';

/**
 * What supervisor and replica say to each other over the channel of `child_process.fork`. The channel keeps the order of its messages.
 *
 * - `connection`, with an accepted socket: the replica answers `accepted` with the same id before it reads from the socket. Until then the
 *   supervisor keeps the socket too, and gives it to another replica when this one dies.
 * - `draining`: the replica got SIGTERM and wants no more connections. `no-more-connections` says that all that were on their way are there.
 */
export type ToReplica = { readonly type: 'connection'; readonly id: number } | { readonly type: 'no-more-connections' };

/** What a replica says; see `ToReplica`. */
export type FromReplica = { readonly type: 'accepted'; readonly id: number } | { readonly type: 'draining' };

/** The message that a value is, or undefined when it is none that we know. */
export function asReplicaMessage(value: unknown): FromReplica | undefined {
  if (!isRecord(value)) return undefined;
  const { type, id } = value;
  if (type === 'draining') return { type };
  return type === 'accepted' && typeof id === 'number' ? { type, id } : undefined;
}
