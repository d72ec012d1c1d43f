import { execFile } from 'node:child_process';
import { freemem } from 'node:os';
import { promisify } from 'node:util';

/**
 * Bytes of memory that new processes can have without others being pushed out. On Linux this is MemAvailable, or what is left of the
 * control group's limit; on macOS, where hardly any page is ever "free", also the pages that are only kept because nobody needs them.
 */
export async function availableMemory(): Promise<number> {
  if (process.platform !== 'darwin') return process.availableMemory();
  try {
    const { stdout } = await promisify(execFile)('vm_stat', [], { timeout: 5_000 });
    return parseVmStat(stdout) ?? freemem();
  } catch {
    return freemem();
  }
}

/** Available bytes by the output of macOS' vm_stat; undefined when it isn't that. */
export function parseVmStat(output: string): number | undefined {
  const pageBytes = Number(/page size of (\d+) bytes/.exec(output)?.[1]);
  const pages = ['free', 'inactive', 'speculative', 'purgeable'].map((kind) => Number(new RegExp(`^Pages ${kind}:\\s+(\\d+)\\.`, 'm').exec(output)?.[1]));
  const bytes = pages.reduce((sum, count) => sum + count, 0) * pageBytes;
  return Number.isFinite(bytes) ? bytes : undefined;
}
