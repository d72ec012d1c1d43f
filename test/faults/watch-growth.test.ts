import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSandbox } from '../cli/sandbox.ts';
import { supervisorPid } from '../cli/service-processes.ts';
import type { AfterLooks } from './watch-looks.ts';

/** After these a page and a screen have all that they keep. An hour has 3,600 looks. */
const looks = 300;

/** Resident memory of a process in kilobytes. */
async function residentKilobytes(pid: number): Promise<number> {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

test.runIf(process.platform === 'linux')('a watch keeps no more after eight times as many looks, and neither does the service that is looked at', async () => {
  await using sandbox = await createSandbox();
  await sandbox.run(['up', '--min', '1', '--max', '1', '--port', String(sandbox.port)]);
  const supervisor = await supervisorPid(sandbox);
  const child = fork(join(import.meta.dirname, 'watch-looks.ts'), [join(sandbox.folder, '.local/state/pricectl'), String(looks)], { execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const seen: (AfterLooks & { readonly supervisorKilobytes: number })[] = [];
  while (seen.length < 8) {
    const [after]: AfterLooks[] = await once(child, 'message');
    if (after !== undefined) seen.push({ ...after, supervisorKilobytes: await residentKilobytes(supervisor) });
  }
  child.kill('SIGKILL');
  const words = JSON.stringify(seen);
  expect(seen.at(-1)?.looks, words).toBe(8 * looks);
  expect(new Set(seen.map(({ listeners }) => listeners)), words).toEqual(new Set([seen[0]?.listeners]));
  // What waits for its time-out goes up and down; what is kept never goes down.
  const [before, after] = [seen.slice(0, 4), seen.slice(4)];
  expect(Math.min(...after.map(({ heapBytes }) => heapBytes)) / Math.min(...before.map(({ heapBytes }) => heapBytes)), words).toBeLessThan(1.15);
  // Resident memory has room for garbage in it: it is no measure of little.
  expect(Math.min(...after.map(({ supervisorKilobytes }) => supervisorKilobytes)) / Math.max(...before.map(({ supervisorKilobytes }) => supervisorKilobytes)), words).toBeLessThan(1.5);
});
