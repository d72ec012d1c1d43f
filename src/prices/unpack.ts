import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { systemCode } from '../tools/errors.ts';
import { ByteCollector } from './byte-collector.ts';
import { PricesInvalidError } from './errors.ts';
import { maxFileBytes } from './slots.ts';

/** Most bytes that gzip makes of one (a whole number above 1,032). */
const mostRatio = 1_033;

/** Bytes that are unpacked at a time. */
const sliceBytes = 1_048_576;

/** Bytes that come out of the unpacking at a time. */
const chunkBytes = 262_144;

/** Whether a list is gzipped, by its first two bytes: no price list begins with a control character. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The price list in bytes that may be gzipped; those that aren't are returned as they are. Throws PricesInvalidError when the gzip data is cut
 * off or damaged, or larger than `mostBytes` once unpacked, and EnvironmentError for want of memory.
 */
export async function unpackPrices(bytes: ArrayBuffer, label: string, mostBytes = maxFileBytes): Promise<ArrayBuffer> {
  const packed = new Uint8Array(bytes);
  if (!isGzip(packed)) return bytes;
  const collector = new ByteCollector(label, expectedBytes(packed, mostBytes));
  try {
    await pipeline(Readable.from(slicesOf(packed), { objectMode: false }), createGunzip({ chunkSize: chunkBytes }), async (chunks: AsyncIterable<Uint8Array>) => {
      for await (const chunk of chunks) {
        if (collector.length + chunk.length > mostBytes) throw new PricesInvalidError(label, null, 'it is larger than 4 GiB once unpacked');
        collector.append(chunk);
      }
    });
  } catch (error) {
    throw asUnpackError(error, label);
  }
  return collector.finish();
}

/** What the last four bytes say of the unpacked size, if that can be: of several gzip members put together it is the last one's. */
function expectedBytes(packed: Uint8Array, mostBytes: number): number | undefined {
  if (packed.length < 4) return undefined;
  const told = new DataView(packed.buffer, packed.byteOffset).getUint32(packed.length - 4, true);
  return told <= Math.min(packed.length * mostRatio, mostBytes) ? told : undefined;
}

function* slicesOf(packed: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < packed.length; start += sliceBytes) yield packed.subarray(start, start + sliceBytes);
}

function asUnpackError(error: unknown, label: string): unknown {
  const code = systemCode(error);
  if (code === undefined || !code.startsWith('Z_')) return error;
  return new PricesInvalidError(label, null, code === 'Z_BUF_ERROR' ? 'its gzip data is cut off' : 'its gzip data is damaged');
}
