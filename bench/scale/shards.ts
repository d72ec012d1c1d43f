import { halfSipHash } from '../../src/prices/half-sip-hash.ts';
import { estimateTableMemory } from '../../src/prices/table-memory.ts';
import { memoryLimitFor } from '../../src/targets/kubernetes/memory-limit.ts';

/** How evenly ids, and requests for them, are spread over shards. */
export interface Spreading {
  readonly shards: number;
  /** Rows of the fullest shard against the average. */
  readonly fullest: number;
  /** Requests to the busiest shard against the average, when the n-th most wanted id is asked for 1/n as often as the first (Zipf). */
  readonly busiest: number;
  /** Share of the ids that go elsewhere with one shard more: by remainder, and by jump hashing. */
  readonly movedByRemainder: number;
  readonly movedByJump: number;
}

/** Everybody who routes must use the same one; it keeps no secret, for all that a stranger can do with it is to make a shard fuller. */
const key = [0, 0] as const;

/** Hashes of `ids` ids `P0000000000`..., in an order that has nothing to do with them, as ids of wares have none with their popularity. */
export function hashIds(ids: number): Uint32Array {
  const bytes = Buffer.alloc(11);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint32Array.from({ length: ids }, (_, index) => {
    bytes.write(`P${String(index).padStart(10, '0')}`, 'latin1');
    return halfSipHash(view, 0, bytes.length, key);
  });
}

/** Spreads the ids with these hashes. */
export function spreadOver(shards: number, hashes: Uint32Array): Spreading {
  const rows = new Float64Array(shards);
  const requests = new Float64Array(shards);
  let [movedByRemainder, movedByJump, all] = [0, 0, 0];
  for (const [index, hash] of hashes.entries()) {
    const shard = hash % shards;
    const weight = 1 / (index + 1);
    rows[shard] = (rows[shard] ?? 0) + 1;
    requests[shard] = (requests[shard] ?? 0) + weight;
    all += weight;
    if (hash % (shards + 1) !== shard) movedByRemainder += 1;
    if (jumpHash(hash, shards) !== jumpHash(hash, shards + 1)) movedByJump += 1;
  }
  return {
    shards,
    fullest: (Math.max(...rows) * shards) / hashes.length,
    busiest: (Math.max(...requests) * shards) / all,
    movedByRemainder: movedByRemainder / hashes.length,
    movedByJump: movedByJump / hashes.length,
  };
}

/** The shard of a hash, such that one shard more moves only what goes to the new one (Lamping and Veach, arXiv:1406.2294). */
export function jumpHash(hash: number, shards: number): number {
  let state = BigInt(hash);
  let [shard, next] = [-1, 0];
  while (next < shards) {
    shard = next;
    state = BigInt.asUintN(64, state * 2_862_933_555_777_941_757n + 1n);
    next = Math.floor((shard + 1) * (2 ** 31 / (Number(state >> 33n) + 1)));
  }
  return shard;
}

/** What a shard of a list is and takes. Sizes in bytes. */
export interface ShardSize {
  readonly shards: number;
  readonly rows: number;
  readonly fileBytes: number;
  readonly tableBytes: number;
  /** Memory limit that `up` gives a pod: two tables during a reload, the program, and a quarter more. */
  readonly podBytes: number;
}

/** Splits a list of this many rows, `rowBytes` long each. */
export function shardSize(shards: number, allRows: number, rowBytes: number): ShardSize {
  const rows = Math.ceil(allRows / shards);
  const bytes = rows * rowBytes;
  return { shards, rows, fileBytes: bytes, tableBytes: estimateTableMemory(bytes, rows), podBytes: memoryLimitFor({ bytes, rows }) };
}
