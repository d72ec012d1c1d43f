import { readFileSync } from 'node:fs';

/** The price list named by the environment, as the peers hold it. */
export function readPrices(): Map<string, string> {
  const lines = readFileSync(process.env['PRICECTL_PRICES'] ?? '', 'utf8').split('\n');
  return new Map(lines.filter((line) => line !== '').map((line) => [line.slice(0, line.indexOf(',')), line.slice(line.indexOf(',') + 1)]));
}
