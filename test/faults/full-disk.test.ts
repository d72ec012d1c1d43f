import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createSandbox, freePort, type Sandbox } from '../cli/sandbox.ts';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;

/** A folder with room for a few small files, for as long as this isn't disposed of. */
async function mountTinyDisk(sandbox: Sandbox): Promise<{ path: string } & AsyncDisposable> {
  const path = join(sandbox.folder, 'disk');
  await mkdir(path);
  await run('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', path]);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await run('umount', [path]);
    },
  };
}

test.runIf(isRoot && process.platform === 'linux')('a full disk loses no result: it is printed, and the error says why it was not recorded', async () => {
  await using sandbox = await createSandbox();
  await using disk = await mountTinyDisk(sandbox);
  const port = await freePort();
  const serve = sandbox.start(['serve', '--port', String(port)]);
  const ids = await sandbox.write('ids.txt', 'P124\n');
  const args = ['loadtest', '--url', `http://127.0.0.1:${port}`, '--ids', ids, '--vus', '1', '--duration', '1s', '--json'];
  const env = { XDG_STATE_HOME: disk.path };
  await expect.poll(async () => (await sandbox.run(['price', 'P124', '--url', `http://127.0.0.1:${port}`])).exitCode, { timeout: 20_000 }).toBe(0);

  const measured = await sandbox.run(args, { env });
  expect(measured, measured.stderr).toMatchObject({ exitCode: 3, stderr: expect.stringMatching(/^Error: can't write .*no space left/) });
  expect(measured.json()).toMatchObject({ verdict: 'passed' });

  await writeFile(join(disk.path, 'fill'), Buffer.alloc(16_384)).catch(() => {});
  const up = await sandbox.run(['up', '--port', String(sandbox.port)], { env });
  expect(up.exitCode).toBe(3);
  expect(up.stderr).toMatch(/no space left/);
  serve.kill('SIGTERM');
  await serve.result;
});
