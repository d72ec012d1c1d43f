import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError } from './errors.ts';
import { asFileError } from './files.ts';
import { awaitLine } from './process-ready.ts';
import type { BackgroundProcess, BackgroundSpec, Processes } from './process.ts';

/** Far more than kubectl takes to listen; it asks nobody before. */
const startLimitMs = 30_000;

const folderPrefix = 'pricectl-api-';
const socketName = 'api';

/** `sun_path` has 104 bytes on macOS, with a closing zero. */
const longestFolder = 104 - 1 - socketName.length - 1;

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
 * cluster. Throws as `Processes.start` and as `awaitLine`.
 */
export async function startKubectlProxy({ context, processes, ...spec }: ProxyOptions): Promise<KubectlProxy> {
  const folder = await makeFolder();
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

async function makeFolder(): Promise<string> {
  const base = [tmpdir(), '/tmp'].find((path) => Buffer.byteLength(join(path, `${folderPrefix}123456`)) <= longestFolder);
  if (base === undefined) {
    throw new EnvironmentError('PRICECTL_E_SOCKET_PATH', `the path of the temporary folder ${tmpdir()} is too long for a socket`, {
      hints: ['set TMPDIR to a shorter path'],
    });
  }
  try {
    return await mkdtemp(join(base, folderPrefix));
  } catch (error) {
    throw asFileError(error, `can't make a folder in ${base}`);
  }
}
