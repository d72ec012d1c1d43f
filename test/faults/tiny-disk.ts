import { execFile } from 'node:child_process';
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether file systems can be mounted here. */
export const canMount = process.getuid?.() === 0 && process.platform === 'linux';

/** A small file system of its own, in memory, for as long as this isn't disposed of. */
export class TinyDisk implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** `options` are those of tmpfs: `size=16k`, `nr_inodes=100`. */
  static async mount(path: string, options: string): Promise<TinyDisk> {
    await mkdir(path);
    await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]);
    return new TinyDisk(path);
  }

  /** Takes all space there is, also what is left in the last blocks of some files. */
  async takeSpace(files: readonly string[] = []): Promise<void> {
    await untilFull(() => appendFile(join(this.path, 'fill'), Buffer.alloc(4_096)));
    for (const file of files) await untilFull(() => appendFile(file, '.'));
  }

  /** Takes the place of every file that could still be made. */
  async takeFiles(): Promise<void> {
    const folder = join(this.path, 'files');
    await mkdir(folder);
    let count = 0;
    await untilFull(() => writeFile(join(folder, String((count += 1))), ''));
  }

  /** Gives back all that was taken. */
  async free(): Promise<void> {
    await rm(join(this.path, 'fill'), { force: true });
    await rm(join(this.path, 'files'), { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run('umount', ['--lazy', this.path]);
  }
}

async function untilFull(write: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await write();
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return;
      throw error;
    }
  }
}
