import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { asFileError } from '../tools/files.ts';

/**
 * What tells one state of a file from another: device, inode, size, and the times of the last change of its content and of its inode, in
 * nanoseconds. Two equal states have the same content, unless somebody writes at this moment.
 */
export function describeFileState(stats: BigIntStats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(':');
}

/** A look at a path: the state of the file there, or why there is none. */
export type FileSight =
  | {
      readonly state: string;
      /** Milliseconds since the epoch by the file system's clock. */
      readonly changedAtMs: number;
    }
  | { readonly state: string; readonly problem: unknown };

/** Looks at the file that a path leads to, behind symbolic links. `label` names it in the problem. */
export async function lookAtFile(path: string, label: string): Promise<FileSight> {
  try {
    const stats = await stat(path, { bigint: true });
    const changedAtNs = stats.ctimeNs > stats.mtimeNs ? stats.ctimeNs : stats.mtimeNs;
    return { state: describeFileState(stats), changedAtMs: Number(changedAtNs / 1_000_000n) };
  } catch (error) {
    const problem = asFileError(error, `can't read ${label}`);
    return { state: `none: ${String(problem)}`, problem };
  }
}
