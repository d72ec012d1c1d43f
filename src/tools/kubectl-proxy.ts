import { lstat, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { systemCode } from './errors.ts';
import { awaitLine } from './process-ready.ts';
import type { BackgroundProcess, BackgroundSpec, Processes } from './process.ts';
import { findSocketBase, makeSocketFolder } from './socket-folder.ts';

/** Far more than kubectl takes to listen; it asks nobody before. */
const startLimitMs = 30_000;

const folderPrefix = 'pricectl-api-';
const socketName = 'api';

/** What of the API is let through. kubectl takes a list of expressions: no comma in it. */
const acceptedPaths = '^/(api|apis|version|readyz|livez)(/.*)?$';

/** How kubectl is started, but for its arguments. */
export interface ProxyOptions extends Pick<BackgroundSpec, 'file' | 'env' | 'signal'> {
  readonly context: string;
  readonly processes: Processes;
}

/** A running `kubectl proxy`. */
export interface KubectlProxy extends AsyncDisposable {
  readonly socketPath: string;
}

/**
 * Starts `kubectl proxy` on a Unix socket in a new folder of mode 0700: on a TCP port anybody on this machine would have the user's rights on the
 * cluster. Removes the folders of commands that were killed. Throws as `Processes.start` and as `awaitLine`.
 */
export async function startKubectlProxy({ context, processes, ...spec }: ProxyOptions): Promise<KubectlProxy> {
  const folder = await makeProxyFolder(findSocketBase(folderPrefix, socketName.length));
  const socketPath = join(folder, socketName);
  const args = ['proxy', '--context', context, `--unix-socket=${socketPath}`, `--accept-paths=${acceptedPaths}`];
  let background: BackgroundProcess | undefined;
  const close = async () => {
    await background?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    background = await processes.start({ ...spec, args });
    await awaitLine(background, {
      pick: (line) => (line.startsWith('Starting to serve on ') ? line : undefined),
      what: "kubectl proxy doesn't serve",
      timeoutMs: startLimitMs,
    });
  } catch (error) {
    await close();
    throw error;
  }
  return { socketPath, [Symbol.asyncDispose]: close };
}

/** Makes a new folder for a proxy's socket in a temporary one, and removes those of commands that were killed. Throws EnvironmentError when it can't be made. */
export async function makeProxyFolder(base: string): Promise<string> {
  await removeLeftovers(base);
  return makeSocketFolder(base, folderPrefix);
}

/** Removes this user's folders in which nobody listens any more: a command that is killed has no time for its own. What can't be looked at or removed stays. */
async function removeLeftovers(base: string): Promise<void> {
  const names = await readdir(base).catch(() => []);
  const folders = names.filter((name) => name.startsWith(folderPrefix)).map((name) => join(base, name));
  await Promise.allSettled(folders.map(async (folder) => ((await isLeftover(folder)) ? rm(folder, { recursive: true, force: true }) : undefined)));
}

async function isLeftover(folder: string): Promise<boolean> {
  const found = await lstat(folder);
  // A younger one may be of a kubectl that is about to listen.
  const isOld = Date.now() - found.mtimeMs > startLimitMs;
  return found.isDirectory() && found.uid === process.getuid?.() && isOld && !(await isListening(join(folder, socketName)));
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => resolve(true));
    // Anything else, such as a queue that is full, is a sign of life.
    socket.on('error', (error) => resolve(!['ECONNREFUSED', 'ENOENT'].includes(systemCode(error) ?? '')));
    socket.on('connect', () => socket.destroy());
  });
}
