import { constants, createGzip } from 'node:zlib';
import { buildTable } from '../../prices/build-table.ts';
import { readPriceFile } from '../../prices/read-price-file.ts';
import { describePriceSource, parsePriceSource } from '../../prices/source.ts';
import { isGzip } from '../../prices/unpack.ts';
import { formatBytes } from '../../tools/bytes.ts';
import { UsageError } from '../../tools/errors.ts';
import type { PricesDelivery } from './manifest-values.ts';

/** Most bytes that the values of a ConfigMap may have together (Kubernetes: pkg/apis/core, MaxSecretSize). */
const mostBytes = 1_048_576;

/** Lists up to this size are delivered as they are, for people to read; others gzipped. */
const mostTextBytes = 65_536;

/**
 * A text that arrives as it is. A server-side apply is read as YAML 1.1, which takes U+2028 and U+2029 for line ends even within JSON, and refuses
 * or drops what is no character: ids may have all of them.
 */
const plainText = /^[\t\n\r -~\u00A0-\u2027\u202A-\uD7FF\uE000-\uFEFE\uFF00-\uFFFD\u{10000}-\u{10FFFF}]*$/u;

/** A price list that is ready to be delivered. */
export type NewDelivery = Exclude<PricesDelivery, { readonly kind: 'kept' }>;

/**
 * Reads and checks a price file and packs it for a ConfigMap; a URL is for the pods to download. Throws PricesInvalidError for a list that isn't
 * one, EnvironmentError when it can't be read, UsageError `PRICECTL_E_PRICES_TOO_LARGE` when it doesn't fit and `PRICECTL_E_PRICES_SECRET_URL` for
 * a URL with a user or password, and the signal's reason.
 */
export async function deliverPrices(prices: string, signal: AbortSignal): Promise<NewDelivery> {
  const source = parsePriceSource(prices);
  const label = describePriceSource(source);
  if (source.kind === 'url') return deliverUrl(source.url, label);
  const { bytes } = await readPriceFile({ path: source.path, label, expectedState: undefined });
  const content = new Uint8Array(bytes.slice(0));
  const built = await buildTable({ input: { kind: 'bytes', bytes }, label, knownSha256: undefined }, signal);
  if (built === undefined) throw new Error('a price list was taken for unchanged by somebody who knows none');
  await built.end();
  const { rows, bytes: size, sha256 } = built.table;
  const data = { rows, bytes: size, sha256 };
  if (isGzip(content)) {
    if (content.length > mostBytes) throw tooLarge(label, content.length);
    return { kind: 'gzip', base64: Buffer.from(content).toString('base64'), data };
  }
  // The check has seen that it is UTF-8; a byte order mark is a part of the file.
  const text = content.length > mostTextBytes ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);
  if (text !== undefined && plainText.test(text)) return { kind: 'text', text, data };
  const packed = await gzipUpTo(mostBytes, content, signal);
  if (packed === undefined) throw tooLarge(label, content.length);
  return { kind: 'gzip', base64: packed.toString('base64'), data };
}

function deliverUrl(url: URL, label: string): NewDelivery {
  if (url.username !== '' || url.password !== '') {
    throw new UsageError('PRICECTL_E_PRICES_SECRET_URL', `the URL of the prices has a user or password, which everybody who may look at the cluster's pods could read`, {
      hints: [`use ${label} without them, open to the cluster alone`, 'or deliver a file: pricectl up --prices FILE'],
    });
  }
  return { kind: 'url', url: url.href };
}

/** The bytes gzipped, or undefined as soon as that is more than `limit`. */
async function gzipUpTo(limit: number, bytes: Uint8Array, signal: AbortSignal): Promise<Buffer | undefined> {
  const gzip = createGzip({ level: constants.Z_BEST_COMPRESSION });
  const chunks: Buffer[] = [];
  let length = 0;
  gzip.end(bytes);
  for await (const chunk of gzip) {
    signal.throwIfAborted();
    if (!Buffer.isBuffer(chunk)) throw new TypeError('gzip gave no bytes');
    length += chunk.length;
    if (length > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(label: string, bytes: number): UsageError {
  const message = `${label} (${formatBytes(bytes)}) is too large for a ConfigMap, which holds 1 MiB of gzipped prices`;
  return new UsageError('PRICECTL_E_PRICES_TOO_LARGE', message, { hints: ['put it on a web server that the cluster reaches: pricectl up --prices https://...'] });
}
