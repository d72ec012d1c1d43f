import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Context, Section } from '../context.ts';
import { root } from '../tools/peers.ts';
import { runCommand } from '../tools/processes.ts';
import { type Candidate, figuresOf, inTurn } from '../tools/rounds.ts';

const rounds = 15;

/** Commands from their start to their exit, against what Node itself takes. */
export const commandSection: Section = {
  name: 'command',
  title: 'Command: from start to exit',
  async measure(context) {
    const pricectl = await prepare(context);
    await pricectl('up', '--target', 'local', '--port', String(await freePort()), '--quiet');
    try {
      context.log(`${rounds} rounds`);
      const node = { name: 'node -e 0', measure: () => timed(() => runCommand(context, { side: 'any', command: [process.execPath, '-e', '0'] })) };
      const candidates: readonly Candidate<number>[] = [
        node,
        { name: 'pricectl price P124', measure: () => timed(() => pricectl('price', 'P124')) },
        { name: 'pricectl --help', measure: () => timed(() => pricectl('--help')) },
        { name: 'pricectl up, nothing to do', measure: () => timed(() => pricectl('up', '--target', 'local')) },
      ];
      await inTurn(2, candidates);
      const [baseline, ...commands] = figuresOf(await inTurn(rounds, candidates), (ms) => ms);
      if (baseline === undefined) throw new Error('nothing was measured');
      const limits: Readonly<Record<string, number>> = { 'pricectl price P124': 2.5, 'pricectl --help': 4, 'pricectl up, nothing to do': 5 };
      return {
        comparisons: commands.map((figure) => ({
          what: figure.name,
          unit: 'ms',
          figures: [figure, baseline],
          goals: [{ against: baseline.name, atMost: limits[figure.name] ?? Number.NaN }],
        })),
        remarks: [`${rounds} rounds in turn, the files warm in the page cache; the service has three local replicas that idle.`],
      };
    } finally {
      await pricectl('down', '--target', 'local', '--quiet');
    }
  },
};

/** The command with a home, state and working directory of its own. */
async function prepare(context: Context): Promise<(...args: string[]) => Promise<string>> {
  const home = join(context.folder, 'home');
  await mkdir(home);
  const env = { HOME: home, XDG_STATE_HOME: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home };
  return (...args) => runCommand(context, { side: 'any', command: [process.execPath, join(root, 'bin', 'run.js'), ...args], env, cwd: home });
}

/** A port that nobody listens on: `up` takes no 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
