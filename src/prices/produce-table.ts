import { createHash } from 'node:crypto';
import { type DownloadLimits, downloadPrices } from './download.ts';
import { indexPrices } from './index-prices.ts';
import { type PriceFile, readPriceFile } from './read-price-file.ts';
import { type TableInput, type TableReply, type TableRequest, toFailure } from './table-request.ts';
import { unpackPrices } from './unpack.ts';

/** Bytes that are hashed in a turn: a third of a millisecond. */
const turnBytes = 524_288;

/** Bytes that are hashed at once: OpenSSL takes less than 2 GiB. */
const hashBytes = 64 * 1_048_576;

/**
 * Reads, unpacks, checks and indexes a price list in the calling thread. `onTurn` is called several times a millisecond while it hashes and
 * indexes. Foreseen errors come back as a reply, others are thrown.
 */
export async function produceTable({ input, label, knownSha256 }: TableRequest, onTurn?: () => void): Promise<TableReply> {
  try {
    const { bytes: packed, checkUnchanged } = await readInput(input, label);
    const bytes = await unpackPrices(packed, label);
    const sha256 = digest(bytes, onTurn);
    if (sha256 === knownSha256) return { kind: 'unchanged' };
    const memory = indexPrices(bytes, label, { onTurn });
    await checkUnchanged();
    return { kind: 'table', memory, sha256 };
  } catch (error) {
    return { kind: 'failed', failure: toFailure(error) };
  }
}

async function readInput(input: TableInput, label: string): Promise<PriceFile> {
  if (input.kind === 'file') return readPriceFile({ ...input, label });
  return { bytes: input.kind === 'bytes' ? input.bytes : await download(input.url, input.limits), checkUnchanged: async () => {} };
}

async function download(url: string, limits: DownloadLimits): Promise<ArrayBuffer> {
  // Whoever wants it no longer ends the thread.
  const { signal } = new AbortController();
  const result = await downloadPrices(new URL(url), { signal, limits });
  if (result.kind !== 'body') throw new Error(`a download without conditions was answered by ${result.kind}`);
  return result.bytes;
}

/** The SHA-256 of bytes, lower-case hex. */
function digest(bytes: ArrayBuffer, onTurn?: () => void): string {
  const stepBytes = onTurn === undefined ? hashBytes : turnBytes;
  const hash = createHash('sha256');
  for (let start = 0; start < bytes.byteLength; start += stepBytes) {
    hash.update(new Uint8Array(bytes, start, Math.min(stepBytes, bytes.byteLength - start)));
    onTurn?.();
  }
  return hash.digest('hex');
}
