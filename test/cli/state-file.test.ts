import { chown, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createSandbox, isAlive, type Sandbox } from './sandbox.ts';
import { supervisorPid } from './service-processes.ts';

const isRoot = process.getuid?.() === 0;

/** Ways in which the state file of a service is not what we wrote. */
const damages: Readonly<Record<string, (path: string, text: string) => Promise<unknown>>> = {
  'cut in the middle': (path, text) => writeFile(path, text.slice(0, text.length / 2)),
  'cut before its last brace': (path, text) => writeFile(path, text.trimEnd().slice(0, -1)),
  empty: (path) => writeFile(path, ''),
  'not JSON': (path) => writeFile(path, 'hello\n'),
};

const refusals: typeof damages = {
  'of a newer version': (path, text) => writeFile(path, text.replace('"version": 1', '"version": 9')),
  'a folder': async (path) => {
    await rm(path);
    await mkdir(path);
  },
  ...(isRoot ? { "another user's": (path) => chown(path, 65_534, 65_534) } : {}),
};

function stateFile(sandbox: Sandbox): string {
  return join(sandbox.folder, '.local/state/pricectl/local/pricectl/price-api/state.json');
}

/** A service whose supervisor was killed, so that nobody mends its state file. */
async function upAndKilled(sandbox: Sandbox): Promise<string> {
  await sandbox.run(['up', '--min', '1', '--port', String(sandbox.port)]);
  const pid = await supervisorPid(sandbox);
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
  return readFile(stateFile(sandbox), 'utf8');
}

test('a damaged state file is called so, up mends it and down removes it', async () => {
  await using sandbox = await createSandbox();
  const text = await upAndKilled(sandbox);
  for (const [name, damage] of Object.entries(damages)) {
    await damage(stateFile(sandbox), text);
    const status = await sandbox.run(['status', '--json']);
    expect(status, name).toMatchObject({ exitCode: 0 });
    expect(status.json()).toMatchObject({ state: 'stopped', problem: expect.stringMatching(/^the state file is damaged; pricectl up mends it/) });
  }
  const asked = await Promise.all([['price', 'P124'], ['prices', 'show'], ['prices', 'push', await sandbox.write('p.txt', 'A,1\n')], ['loadtest', '--vus', '1', '--duration', '1s']].map((args) => sandbox.run(args)));
  for (const result of asked) expect(result).toMatchObject({ exitCode: 3, stdout: '', stderr: expect.stringMatching(/^Error: .*\n {2}try: pricectl up\n/) });

  const folder = dirname(stateFile(sandbox));
  await cp(folder, `${folder}.kept`, { recursive: true });
  const up = await sandbox.run(['up', '--min', '1', '--port', String(sandbox.port)]);
  expect(up, up.stderr).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/the state file was damaged and is made anew/) });
  expect(await sandbox.run(['price', 'P124'])).toMatchObject({ exitCode: 0, stdout: '49.5\n' });
  expect(await sandbox.run(['down'])).toMatchObject({ exitCode: 0 });
  await cp(`${folder}.kept`, folder, { recursive: true });
  expect(await sandbox.run(['down', '--json'])).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/"removed": true/) });
});

test('a state file that is not ours to change is refused by every command, which say the way out', async () => {
  await using sandbox = await createSandbox();
  const text = await upAndKilled(sandbox);
  const prices = await sandbox.write('p.txt', 'A,1\n');
  const reading = [['status'], ['price', 'P124'], ['prices', 'show'], ['logs'], ['loadtest', '--vus', '1', '--duration', '1s'], ['autoscaler', 'explain']];
  for (const [name, damage] of Object.entries(refusals)) {
    await rm(stateFile(sandbox), { recursive: true });
    await writeFile(stateFile(sandbox), text);
    await damage(stateFile(sandbox), text);
    const results = await Promise.all(reading.map((args) => sandbox.run([...args, '--json'])));
    for (const args of [['up'], ['prices', 'push', prices], ['down']]) results.push(await sandbox.run([...args, '--json']));
    for (const result of results) {
      expect(result, name).toMatchObject({ exitCode: 3, stderr: '' });
      expect(result.json().error.message, name).toContain(stateFile(sandbox));
      expect(result.json().error.hints.at(-1), name).toMatch(/^remove .*price-api: a service whose folder is gone ends by itself$/);
    }
  }
});

test('the way out of a state file that is refused is the one that is said', async () => {
  await using sandbox = await createSandbox();
  await sandbox.run(['up', '--min', '1', '--port', String(sandbox.port)]);
  const pid = await supervisorPid(sandbox);
  await writeFile(stateFile(sandbox), '{"version":9}');
  expect(await sandbox.run(['down'])).toMatchObject({ exitCode: 3 });
  expect(isAlive(pid)).toBe(true);
  await rm(dirname(stateFile(sandbox)), { recursive: true });
  await expect.poll(() => isAlive(pid), { timeout: 30_000 }).toBe(false);
  expect(await sandbox.run(['down'])).toMatchObject({ exitCode: 0 });
});
