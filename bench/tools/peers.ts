import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context } from '../context.ts';
import { runCommand, type RunningServer, startServer } from './processes.ts';

/** The package's folder. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** The price list that a service has when nobody names one; it is the original's. */
export const defaultPrices = join(root, 'templates', 'prices.txt');

/** Where a peer's source is. */
export function peerFile(name: string): string {
  return join(root, 'bench', 'peers', name);
}

/** Starts the server of the image. */
export function startPricectl(context: Pick<Context, 'signal' | 'cores'>, prices = defaultPrices, side: 'server' | 'any' = 'server'): Promise<RunningServer> {
  const env = { PRICECTL_PRICES: prices, PRICECTL_PORT: '0', PRICECTL_MAX_CONNECTIONS: '100000' };
  return startServer(context, { side, command: [process.execPath, join(root, 'dist', 'image', 'server.js')], env, ready: / ready: / });
}

/** Starts one of the peers that are Node programs. */
export function startNodePeer(context: Pick<Context, 'signal' | 'cores'>, file: string): Promise<RunningServer> {
  return startServer(context, { side: 'server', command: [process.execPath, peerFile(file)], env: { PRICECTL_PRICES: defaultPrices, NODE_ENV: 'production' } });
}

/** Compiles a Go program of one file and returns the path of the binary. */
export async function buildGo(context: Context, file: string): Promise<string> {
  const { go } = context.programs;
  if (go === undefined) throw new Error('there is no Go');
  const binary = join(context.folder, file.replace('.go', ''));
  // Without the caller's flags and without a module: a single file of the standard library needs nothing from elsewhere.
  await runCommand(context, { side: 'any', command: [...go.command, 'build', '-o', binary, peerFile(file)], env: { GO111MODULE: 'off', GOFLAGS: '' } });
  return binary;
}

/** Starts what answers load generators: the Go program where it can be built, else the one of Node. */
export async function startResponder(context: Context): Promise<RunningServer & { readonly language: 'Go' | 'Node' }> {
  const isGo = context.programs.go !== undefined && process.platform === 'linux';
  const command = isGo ? [await buildGo(context, 'responder.go')] : [process.execPath, peerFile('responder.ts')];
  return Object.assign(await startServer(context, { side: 'server', command }), { language: isGo ? ('Go' as const) : ('Node' as const) });
}
