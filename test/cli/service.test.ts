import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createSandbox, freePort, isAlive, type Sandbox } from './sandbox.ts';
import { replicaPids, supervisorPid } from './service-processes.ts';

/** Pids of the supervisor and its replicas. */
async function servicePids(sandbox: Sandbox): Promise<readonly number[]> {
  return [await supervisorPid(sandbox), ...(await replicaPids(sandbox))];
}

test('up, price, status, loadtest, logs and down', async () => {
  await using sandbox = await createSandbox();
  const up = await sandbox.run(['up', '--port', String(sandbox.port), '--json']);
  expect(up, up.stdout + up.stderr).toMatchObject({ exitCode: 0, stderr: '' });
  expect(up.json()).toMatchObject({
    target: 'local',
    url: `http://127.0.0.1:${sandbox.port}`,
    replicas: { min: 3, max: 10, ready: 3 },
    prices: { rows: 4, bytes: 41 },
  });
  const pids = await servicePids(sandbox);
  expect(pids).toHaveLength(4);

  const again = await sandbox.run(['up']);
  expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/unchanged/) });

  expect(await sandbox.run(['price', 'P124'])).toMatchObject({ exitCode: 0, stdout: '49.5\n' });
  const unknown = await sandbox.run(['price', 'P124', 'NOPE', '--json']);
  expect(unknown.exitCode).toBe(6);
  expect(unknown.json()).toEqual({ prices: [{ id: 'P124', price: '49.5', found: true }, { id: 'NOPE', price: null, found: false }] });
  const strange = await sandbox.run(['price', '--json', '--', '__proto__', '%zz', 'a b&c=d', 'ключ']);
  expect(strange.exitCode).toBe(6);
  expect(strange.json().prices.map((answer: { found: boolean }) => answer.found)).toEqual([false, false, false, false]);
  expect(await sandbox.run(['price', 'x'.repeat(10_000)])).toMatchObject({ exitCode: 6, stdout: '', stderr: expect.stringMatching(/^unknown id: x{64}…\n$/) });
  expect(await sandbox.run(['price', ''])).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(/^Error: .*empty/) });

  const load = await sandbox.run(['loadtest', '--vus', '20', '--duration', '2s', '--think-time', '50ms', '--json']);
  expect(load, load.stdout + load.stderr).toMatchObject({ exitCode: 0, stderr: '' });
  const result = load.json();
  expect(result).toMatchObject({ verdict: 'passed', engine: 'node', target: 'local' });
  expect(result.metrics.http_req_failed.values.rate).toBe(0);
  expect((await sandbox.run(['runs', 'list', '--json'])).json().runs).toMatchObject([{ id: result.id, verdict: 'passed' }]);
  expect(await sandbox.run(['runs', 'show', result.id])).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/http_req_duration/) });

  const status = (await sandbox.run(['status', '--json'])).json();
  expect(status).toMatchObject({ state: 'ready', autoscaler: { kind: 'emulated', cpuTarget: 50 } });
  expect(status.pods).toHaveLength(3);
  expect((await sandbox.run(['logs'])).stdout).toMatch(/price-api-\w+-\w+ \| /);

  expect(await sandbox.run(['down', '--json'])).toMatchObject({ exitCode: 0 });
  await expect.poll(() => pids.filter(isAlive), { timeout: 20_000 }).toEqual([]);
});

test('a dry run says what up would do, and does nothing', async () => {
  await using sandbox = await createSandbox();
  const flags = ['--port', String(sandbox.port), '--min', '1'];
  const dry = await sandbox.run(['up', ...flags, '--dry-run']);
  expect(dry, dry.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/this was a dry run/), stderr: expect.stringMatching(/- supervisor +would be started on http:\/\/127\.0\.0\.1:\d+ +skipped/) });
  await expect(readdir(`${sandbox.folder}/.local`)).rejects.toMatchObject({ code: 'ENOENT' });
  await sandbox.run(['up', ...flags]);
  const again = await sandbox.run(['up', '--max', '4', '--dry-run', '--json']);
  expect(again.json()).toMatchObject({
    dryRun: true,
    changes: [{ setting: 'max', from: '10', to: '4' }],
    replicas: { min: 1, max: 10, ready: 1 },
    steps: [{ title: 'prices', outcome: 'unchanged' }, { title: 'supervisor', outcome: 'skipped', detail: expect.stringMatching(/would get new settings$/) }],
  });
  expect((await sandbox.run(['up', '--dry-run'])).stdout).toMatch(/would stay as it is/);
});

test('a crossed threshold ends with 6 and is named', async () => {
  await using sandbox = await createSandbox();
  await sandbox.run(['up', '--min', '1', '--port', String(sandbox.port)]);
  const args = ['loadtest', '--vus', '2', '--duration', '1s', '--threshold', 'http_req_duration:p(95)<0.0001'];
  const load = await sandbox.run(args);
  expect(load).toMatchObject({ exitCode: 6, stdout: expect.stringMatching(/^FAILED[\s\S]*p\(95\)<0.0001/) });
  // The result stands apart from the progress above it.
  expect(load.stderr).toMatch(/failed .*\n\n$/);
});

test('Ctrl-C during load prints the summary of what was measured and ends with 130', async () => {
  await using sandbox = await createSandbox();
  await sandbox.run(['up', '--min', '1', '--port', String(sandbox.port)]);
  const load = sandbox.start(['loadtest', '--vus', '5', '--duration', '60s', '--think-time', '20ms', '--json']);
  await expect.poll(async () => requestsServed(sandbox.port), { timeout: 30_000 }).toBeGreaterThan(20);
  load.kill('SIGINT');
  const result = await load.result;
  expect(result, result.stderr).toMatchObject({ exitCode: 130 });
  expect(result.json()).toMatchObject({ verdict: 'incomplete', reasons: [expect.stringMatching(/interrupted/)] });
  expect(result.json().metrics.http_reqs.values.count).toBeGreaterThan(10);
});

test('ups at once: one does it, others name it', async () => {
  await using sandbox = await createSandbox();
  const args = ['up', '--port', String(sandbox.port), '--json'];
  const results = await Promise.all([1, 2, 3, 4].map(() => sandbox.run(args)));
  expect(results.some((result) => result.exitCode === 0)).toBe(true);
  const refused = results.find((result) => result.exitCode !== 0);
  expect(refused?.exitCode).toBe(3);
  expect(refused?.json()).toMatchObject({ error: { code: 'PRICECTL_E_LOCKED', message: expect.stringMatching(/pricectl up.*pid \d+/) } });
});

test('kill -9 of the supervisor ends the replicas, status says so and up mends it', async () => {
  await using sandbox = await createSandbox();
  await sandbox.run(['up', '--port', String(sandbox.port)]);
  const pids = await servicePids(sandbox);
  process.kill(pids[0] ?? 0, 'SIGKILL');
  await expect.poll(() => pids.filter(isAlive), { timeout: 20_000 }).toEqual([]);
  const status = (await sandbox.run(['status', '--json'])).json();
  expect(status).toMatchObject({ state: 'stopped', problem: expect.stringMatching(/pricectl up/) });
  expect(await sandbox.run(['up'])).toMatchObject({ exitCode: 0 });
  expect(await sandbox.run(['price', 'P124'])).toMatchObject({ exitCode: 0, stdout: '49.5\n' });
});

test('a lab beside a running service leaves it as it was', async () => {
  await using sandbox = await createSandbox();
  await sandbox.run(['up', '--port', String(sandbox.port)]);
  const before = await servicePids(sandbox);
  const lab = sandbox.start(['lab', '--json']);
  const services = () => readdir(`${sandbox.folder}/.local/state/pricectl/local/pricectl`);
  const labName = async () => (await services()).find((service) => /^lab-[\d-]+$/.test(service));
  await expect.poll(labName, { timeout: 30_000 }).toBeDefined();
  const name = (await labName()) ?? '';
  await expect.poll(async () => (await sandbox.run(['status', '--name', name, '--json'])).json(), { timeout: 30_000 }).toMatchObject({ state: 'ready' });
  lab.kill('SIGINT');
  expect((await lab.result).exitCode).toBe(130);
  expect(await servicePids(sandbox)).toEqual(before);
  expect(await sandbox.run(['price', 'P124'])).toMatchObject({ exitCode: 0, stdout: '49.5\n' });
  expect(await services()).toEqual(['price-api']);
});

test('serve answers in the foreground and ends on SIGTERM', async () => {
  await using sandbox = await createSandbox();
  const port = await freePort();
  const prices = await sandbox.write('prices.txt', 'A,1.50\n');
  const serve = sandbox.start(['serve', '--prices', prices, '--port', String(port)]);
  await expect.poll(() => askOnce(`http://127.0.0.1:${port}/price?product_id=A`), { timeout: 20_000 }).toBe('1.50');
  serve.kill('SIGTERM');
  expect((await serve.result).exitCode).toBe(143);
});

/** The body that a URL answers with, over a connection that ends with it; empty when nobody answers. */
async function askOnce(url: string): Promise<string> {
  return fetch(url, { headers: { connection: 'close' } }).then(
    (answer) => answer.text(),
    () => '',
  );
}

/** Requests that one of the replicas behind the port has answered. */
async function requestsServed(port: number): Promise<number> {
  const metrics = await askOnce(`http://127.0.0.1:${port}/metrics`);
  return Number(/^http_requests_total\{[^}]*route="\/price"[^}]*\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
}
