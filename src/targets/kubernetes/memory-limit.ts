import { estimateTableMemory } from '../../prices/table-memory.ts';
import type { PriceData } from '../../prices/table.ts';

const mebibyte = 1_048_576;

/** Least memory of a replica. */
const leastBytes = 128 * mebibyte;

/** What a server under load takes beside its tables: Node, code and connections. */
const baseBytes = 80 * mebibyte;

/** The size that a list at a URL is taken to have at most, for nobody knows it before it is downloaded: some three million rows. */
const assumedUrlBytes = 32 * mebibyte;

/**
 * Memory that a replica gets, in bytes: what a reload of its price list needs, which holds two tables, and a quarter more; at least 128Mi, whole
 * mebibytes. Undefined is a list at a URL, for which there is room up to 32 MiB.
 */
export function memoryLimitFor(data: Pick<PriceData, 'bytes' | 'rows'> | undefined): number {
  const table = data === undefined ? estimateTableMemory(assumedUrlBytes) : estimateTableMemory(data.bytes, data.rows);
  return Math.max(leastBytes, Math.ceil(((baseBytes + 2 * table) * 1.25) / mebibyte) * mebibyte);
}
