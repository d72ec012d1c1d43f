import { rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from './clock.ts';
import { acquireLock } from './lock.ts';

/**
 * A process that tries for a lock until it had it `rounds` times: `node lock-holder.fixture.ts LOCK GUARD ROUNDS [die]`.
 * While it has the lock it makes the guard file, which must not be there yet. With `die` it kills itself in its last round.
 */
const [path = '', guard = '', rounds = '1', end] = process.argv.slice(2);

for (let held = 0; held < Number(rounds); ) {
  try {
    await using _lock = await acquireLock({ path, top: dirname(path), command: 'test', clock: systemClock });
    await writeFile(guard, String(process.pid), { flag: 'wx' });
    await delay(2);
    await rm(guard);
    held += 1;
    if (end === 'die' && held === Number(rounds)) process.kill(process.pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'PRICECTL_E_LOCKED')) throw error;
    await delay(Math.random() * 5);
  }
}
process.stdout.write('done');
