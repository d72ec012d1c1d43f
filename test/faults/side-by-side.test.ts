import { expect, test } from 'vitest';
import { startCheckingClients } from '../cli/checking-client.ts';
import { processesOf } from '../cli/own-processes.ts';
import { type CliResult, createSandbox, freePort, type Sandbox } from '../cli/sandbox.ts';

/** Takes services down that a sandbox doesn't know of. */
function downLater(sandbox: Sandbox, names: readonly string[]): AsyncDisposable {
  return { [Symbol.asyncDispose]: async () => void (await Promise.all(names.map((name) => sandbox.run(['down', '--name', name, '--quiet'])))) };
}

async function moreAnswers(clients: readonly { readonly seen: { readonly answers: number } }[], count: number): Promise<void> {
  for (const { seen } of clients) {
    const goal = seen.answers + count;
    await expect.poll(() => seen.answers, { timeout: 30_000 }).toBeGreaterThan(goal);
  }
}

test('what is done to one service is not done to the one beside it, whatever their names', async () => {
  await using sandbox = await createSandbox();
  // One name is the beginning of the other, and the same in another namespace.
  const services = [['--name', 'a'], ['--name', 'a-b'], ['--name', 'a', '--namespace', 'other']];
  await using _down = downLater(sandbox, ['a', 'a-b']);
  await using _other = { [Symbol.asyncDispose]: async () => void (await sandbox.run(['down', '--name', 'a', '--namespace', 'other', '--quiet'])) };
  const prices = await sandbox.write('first.txt', 'A,1.50\n');
  const ports = [await freePort(), await freePort(), await freePort()];
  const ups = await Promise.all(services.map((service, index) => sandbox.run(['up', ...service, '--min', '1', '--prices', prices, '--port', String(ports[index])])));
  for (const up of ups) expect(up, up.stderr).toMatchObject({ exitCode: 0 });

  const [one, beside, other] = ports.map((port) => startCheckingClients(`http://127.0.0.1:${port}/price?product_id=A`, 4));
  if (one === undefined || beside === undefined || other === undefined) throw new Error('a service is missing');
  await using _beside = beside;
  await using _elsewhere = other;
  {
    await using _one = one;
    await moreAnswers([one, beside, other], 100);
    const pushed = await sandbox.run(['prices', 'push', await sandbox.write('second.txt', 'A,2.25\n'), '--name', 'a']);
    expect(pushed, pushed.stderr).toMatchObject({ exitCode: 0 });
    await expect.poll(() => one.seen.bodies.get('2.25') ?? 0, { timeout: 30_000 }).toBeGreaterThan(20);
    expect(await sandbox.run(['up', '--name', 'a', '--max', '3'])).toMatchObject({ exitCode: 0 });
    await moreAnswers([one], 20);
    expect(one.seen.failures).toEqual([]);
  }
  expect(await sandbox.run(['down', '--name', 'a', '--json'])).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/"removed": true/) });
  await moreAnswers([beside, other], 100);
  for (const { seen } of [beside, other]) {
    expect(seen.failures).toEqual([]);
    expect([...seen.bodies.keys()]).toEqual(['1.50']);
  }
  expect((await sandbox.run(['status', '--name', 'a', '--json'])).json()).toMatchObject({ state: 'absent' });
  for (const service of services.slice(1)) expect((await sandbox.run(['status', ...service, '--json'])).json()).toMatchObject({ state: 'ready', replicas: { max: 10 } });
});

/** How a command that another one disturbed may end. */
function expectFair(result: CliResult, words: string): void {
  expect([0, 3], `${words}: ${result.stdout}`).toContain(result.exitCode);
  const { error } = result.json();
  expect(['PRICECTL_E_LOCKED', 'PRICECTL_E_NOT_UP', undefined], words).toContain(error?.code);
  expect(error === undefined, words).toBe(result.exitCode === 0);
}

test('two changing commands at once end with one done and the other done or refused, and leave one whole service or none', async () => {
  await using sandbox = await createSandbox();
  const prices = await sandbox.write('p.txt', 'P124,7.5\n');
  const commands = { up: ['up', '--min', '1', '--port', String(sandbox.port)], other: ['up', '--min', '2'], down: ['down'], push: ['prices', 'push', prices], status: ['status'] };
  const pairs = [['up', 'other'], ['up', 'down'], ['down', 'down'], ['push', 'up'], ['push', 'down'], ['push', 'push'], ['status', 'down']] as const;
  for (const pair of pairs) {
    expect(await sandbox.run(commands.up), pair.join(' and ')).toMatchObject({ exitCode: 0 });
    const results = await Promise.all(pair.map((name) => sandbox.run([...commands[name], '--json'])));
    for (const result of results) expectFair(result, pair.join(' and '));
    expect(results.some(({ exitCode }) => exitCode === 0), pair.join(' and ')).toBe(true);
    const status = (await sandbox.run(['status', '--json'])).json();
    expect(['ready', 'absent'], pair.join(' and ')).toContain(status.state);
  }
  expect(await sandbox.run(['down'])).toMatchObject({ exitCode: 0 });
  expect(process.platform === 'linux' ? await processesOf(sandbox.folder) : []).toEqual([]);
});

test('a service that is taken down under a load test makes the run say so', async () => {
  await using sandbox = await createSandbox();
  await sandbox.run(['up', '--min', '1', '--port', String(sandbox.port)]);
  const load = sandbox.start(['loadtest', '--vus', '2', '--duration', '4s', '--think-time', '20ms', '--json']);
  const metrics = async () => (await fetch(`http://127.0.0.1:${sandbox.port}/metrics`, { headers: { connection: 'close' } })).text();
  await expect.poll(async () => Number(/^http_requests_total\{[^}]*route="\/price"[^}]*\} (\d+)$/m.exec(await metrics())?.[1]), { timeout: 30_000 }).toBeGreaterThan(20);
  expect(await sandbox.run(['down'])).toMatchObject({ exitCode: 0 });
  const result = await load.result;
  expect(result, result.stdout).toMatchObject({ exitCode: 6, stderr: '' });
  expect(result.json()).toMatchObject({ verdict: 'failed' });
  expect((await sandbox.run(['runs', 'list', '--json'])).json().runs).toHaveLength(1);
});
