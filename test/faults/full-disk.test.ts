import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSandbox, freePort } from '../cli/sandbox.ts';
import { canMount, TinyDisk } from './tiny-disk.ts';

test.runIf(canMount)('a full disk loses no result: it is printed, and the error says why it was not recorded', async () => {
  await using sandbox = await createSandbox();
  await using disk = await TinyDisk.mount(join(sandbox.folder, 'disk'), 'size=16k');
  const port = await freePort();
  const serve = sandbox.start(['serve', '--port', String(port)]);
  const ids = await sandbox.write('ids.txt', 'P124\n');
  const args = ['loadtest', '--url', `http://127.0.0.1:${port}`, '--ids', ids, '--vus', '1', '--duration', '1s', '--json'];
  const env = { XDG_STATE_HOME: disk.path };
  await expect.poll(async () => (await sandbox.run(['price', 'P124', '--url', `http://127.0.0.1:${port}`])).exitCode, { timeout: 20_000 }).toBe(0);

  const measured = await sandbox.run(args, { env });
  expect(measured, measured.stderr).toMatchObject({ exitCode: 3, stderr: expect.stringMatching(/^Error: can't write .*no space left/) });
  expect(measured.json()).toMatchObject({ verdict: 'passed' });

  await disk.takeSpace();
  const up = await sandbox.run(['up', '--port', String(sandbox.port)], { env });
  expect(up.exitCode).toBe(3);
  expect(up.stderr).toMatch(/no space left/);
  serve.kill('SIGTERM');
  await serve.result;
});
