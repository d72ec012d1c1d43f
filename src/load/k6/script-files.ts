import { readFileSync } from 'node:fs';
import { UsageError } from '../../tools/errors.ts';

/** Most bytes of a script in a ConfigMap of 1 MiB, which has names and labels too. */
export const mostScriptBytes = 1_040_000;

/** Name of the file that k6 runs, of what it reads, and of the load that it wraps. */
export const mainFile = 'main.js';
export const wrapperData = 'pricectl.json';
export const priceFile = 'price.js';

/** The text of one of our k6 scripts, which lie in the package's folder `k6`. */
export function ownScript(name: typeof mainFile | typeof priceFile): string {
  return readFileSync(new URL(`../../../k6/${name}`, import.meta.url), 'utf8');
}

/** Bytes of files and of their names. */
export function sizeOf(files: ReadonlyMap<string, string>): number {
  return Array.from(files).reduce((sum, [name, content]) => sum + Buffer.byteLength(name) + Buffer.byteLength(content), 0);
}

/** Why a script can't be used; a user's fault. */
export function scriptError(message: string, hints: readonly string[] = [], cause?: unknown): UsageError {
  return new UsageError('PRICECTL_E_SCRIPT', message, { hints, cause });
}
