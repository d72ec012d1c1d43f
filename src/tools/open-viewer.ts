import { spawn } from 'node:child_process';
import type { Environment } from './files.ts';
import { findExecutable } from './process-find.ts';

/** How long an opener has to say that it can't; one that still runs then has found something to show it with. */
const patienceMs = 2_000;

/**
 * Has the desktop show a file or URL in its own program, by xdg-open or open, and tells whether there is one. What it starts stays open after this
 * process; it gets the user's whole environment, as it is the user's own program.
 */
export async function openInViewer(target: string, env: Environment, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  const opener = await findExecutable(platform === 'darwin' ? 'open' : 'xdg-open', env, undefined);
  if (opener === undefined) return false;
  const child = spawn(opener, [target], { detached: true, stdio: 'ignore', env: { ...env } });
  return new Promise((resolve) => {
    const end = (isOpened: boolean) => {
      clearTimeout(timer);
      child.unref();
      resolve(isOpened);
    };
    const timer = setTimeout(end, patienceMs, true);
    child.once('error', () => end(false));
    child.once('exit', (code) => end(code === 0));
  });
}
