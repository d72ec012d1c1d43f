import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Context, Section } from '../context.ts';
import { defaultPrices, root } from '../tools/peers.ts';
import { figuresOf, inTurn } from '../tools/rounds.ts';

const rounds = 15;
const shortestServer = "require('node:http').createServer().listen(0, '127.0.0.1', () => console.log('listening'))";

/** A server's start, until it says that it is ready. */
export const startSection: Section = {
  name: 'start',
  title: "Server: from start to ready, the original's price list",
  async measure(context) {
    context.log(`${rounds} rounds`);
    const server = join(root, 'dist', 'image', 'server.js');
    const candidates = [
      { name: 'pricectl', measure: () => timeToLine(context, [server], / ready: /) },
      { name: 'node -e 0', measure: () => timeToLine(context, ['-e', '0'], undefined) },
      { name: 'node:http', measure: () => timeToLine(context, ['-e', shortestServer], /listening/) },
    ];
    await inTurn(2, candidates);
    const measured = await inTurn(rounds, candidates);
    return {
      comparisons: [{ what: 'start to ready', unit: 'ms', figures: figuresOf(measured, (ms) => ms), goals: [{ against: 'node -e 0', atMost: 2 }] }],
      remarks: [`The file that the image runs, ${rounds} rounds in turn. \`node -e 0\` is measured to its exit, the servers to the line that says so; node:http is one that only listens.`],
    };
  },
};

/** From the start of a Node program until it has written a line that matches, or without a pattern until its exit; in ms. */
async function timeToLine({ signal }: Context, args: readonly string[], pattern: RegExp | undefined): Promise<number> {
  const env = { ...process.env, PRICECTL_PRICES: defaultPrices, PRICECTL_PORT: '0' };
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { signal, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  if (pattern === undefined) {
    child.stdout.resume();
    await exited;
    return performance.now() - startedAt;
  }
  let ms = Number.NaN;
  for await (const line of createInterface({ input: child.stdout })) {
    if (!pattern.test(line) || !Number.isNaN(ms)) continue;
    ms = performance.now() - startedAt;
    child.kill('SIGKILL');
  }
  await exited;
  return ms;
}
