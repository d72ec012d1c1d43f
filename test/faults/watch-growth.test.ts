import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSandbox } from '../cli/sandbox.ts';
import { supervisorPid } from '../cli/service-processes.ts';
import type { AfterLooks } from './watch-looks.ts';

/** After these a page and a screen have all that they keep. An hour has 3,600 looks. */
const looks = 300;

/** Resident memory of a process in kilobytes. */
function residentKilobytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

test.runIf(process.platform === 'linux')('a watch keeps no more after twice as many looks, and neither does the service that is looked at', async () => {
  await using sandbox = await createSandbox();
  await sandbox.run(['up', '--min', '1', '--max', '1', '--port', String(sandbox.port)]);
  const supervisor = await supervisorPid(sandbox);
  const child = fork(join(import.meta.dirname, 'watch-looks.ts'), [join(sandbox.folder, '.local/state/pricectl'), String(looks)], { execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const seen: (AfterLooks & { readonly supervisorKilobytes: number })[] = [];
  child.on('message', (after: AfterLooks) => {
    if (seen.length < 8) seen.push({ ...after, supervisorKilobytes: residentKilobytes(supervisor) });
    else child.kill('SIGKILL');
  });
  await once(child, 'exit');
  const words = JSON.stringify(seen);
  expect(seen.at(-1)?.looks, words).toBe(8 * looks);
  expect(new Set(seen.map(({ listeners }) => listeners)), words).toEqual(new Set([seen[0]?.listeners]));
  expect((seen[7]?.heapBytes ?? Infinity) / (seen[3]?.heapBytes ?? 0), words).toBeLessThan(1.15);
  const [before, after] = [seen.slice(0, 4), seen.slice(4)];
  // Resident memory has room for garbage in it: it is no measure of little.
  expect(Math.min(...after.map(({ supervisorKilobytes }) => supervisorKilobytes)) / Math.max(...before.map(({ supervisorKilobytes }) => supervisorKilobytes)), words).toBeLessThan(1.5);
});
