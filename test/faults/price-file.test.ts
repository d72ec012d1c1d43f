import { mkdir, open, rm, rmdir, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../cli/sandbox.ts';
import { listOfVersion, ListClients } from './price-lists.ts';

/** Writes a list in place, a line at a time: at any moment it is a good one, and shorter. */
async function writeSlowly(path: string, list: string): Promise<void> {
  await using file = await open(path, 'w');
  for (const line of list.split(/(?<=\n)/)) {
    await file.write(line);
    await delay(50);
  }
}

/** Waits until each replica says that it serves older prices, and why. */
async function rejected(sandbox: Sandbox, why: RegExp): Promise<void> {
  const problems = async (): Promise<readonly string[]> => (await sandbox.run(['status', '--json'])).json().pods.map((pod: { problem: string | null }) => String(pod.problem));
  await expect.poll(problems, { timeout: 60_000 }).toEqual(Array(3).fill(expect.stringMatching(why)));
}

test('a price file that vanishes, becomes a folder, is half written or bad costs no request and no right price', async () => {
  await using sandbox = await createSandbox();
  const path = await sandbox.write('prices.txt', listOfVersion(1));
  const up = await sandbox.run(['up', '--prices', path, '--port', String(sandbox.port)]);
  expect(up, up.stderr).toMatchObject({ exitCode: 0 });
  const clients = new ListClients(() => sandbox.port, 12);
  let version = 1;
  clients.allow(version);
  const count = () => clients.answers.get(String(version)) ?? 0;
  const answered = async () => {
    const goal = count() + 300;
    await expect.poll(count, { timeout: 60_000 }).toBeGreaterThan(goal);
  };
  /** The next version gets in, on every replica. */
  const next = async (write: (list: string) => Promise<void>) => {
    version += 1;
    clients.allow(version);
    await write(listOfVersion(version));
    await rejected(sandbox, /^null$/);
    await answered();
  };
  const renew = (list: string) => writeFile(path, list);
  await answered();

  await rm(path);
  await rejected(sandbox, /^serves older prices: .*(no such file|not there|doesn't exist)/);
  await answered();
  await next(renew);

  await rm(path);
  await mkdir(path);
  await rejected(sandbox, /^serves older prices: .*(folder|directory)/);
  await answered();
  await rmdir(path);
  await next(renew);

  await next((list) => writeSlowly(path, list));

  await writeFile(path, `${listOfVersion(1_000)}P1\n`);
  await rejected(sandbox, /^serves older prices: .*line 41/);
  await answered();
  await next(renew);
  await clients.stop();
  expect(clients.failures).toEqual([]);
});
