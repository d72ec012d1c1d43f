import { withThousands } from '../tools/thousands.ts';
import { formatBytes } from '../tools/bytes.ts';
import type { PriceData } from './table.ts';

/** Price data in a few words: `4 rows, 41 B, sha256 e3262b…`. */
export function describePriceData({ rows, bytes, sha256 }: PriceData): string {
  return `${withThousands(rows)} ${rows === 1 ? 'row' : 'rows'}, ${formatBytes(bytes)}, sha256 ${sha256.slice(0, 6)}…`;
}
