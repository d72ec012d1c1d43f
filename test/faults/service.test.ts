import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { RawClient, requestOf } from '../../src/server/raw-client.fixture.ts';
import { createSandbox, isAlive, type Sandbox } from '../cli/sandbox.ts';
import { type CheckingClients, startCheckingClients } from '../cli/checking-client.ts';
import { type ReplicaConnections, replicaConnections, replicaPids, supervisorPid } from '../cli/service-processes.ts';

const connections = 32;

async function upWithPrices(sandbox: Sandbox, flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<{ prices: string; url: string }> {
  const prices = await sandbox.write('prices.txt', 'A,1.50\nB,2\n');
  const up = await sandbox.run(['up', '--prices', prices, '--port', String(sandbox.port), ...flags], { env });
  expect(up, up.stderr).toMatchObject({ exitCode: 0 });
  return { prices, url: `http://127.0.0.1:${sandbox.port}/price?product_id=A` };
}

/** The first replica, once the clients' connections are all with replicas. */
async function settledReplica(sandbox: Sandbox): Promise<ReplicaConnections> {
  let replicas: readonly ReplicaConnections[] = [];
  const open = async () => {
    replicas = await replicaConnections(sandbox);
    return replicas.reduce((sum, replica) => sum + replica.connections, 0);
  };
  await expect.poll(open, { timeout: 30_000 }).toBe(connections);
  return replicas[0] ?? { pid: 0, connections: 0 };
}

/** Waits until the clients have got this many answers more. */
async function moreAnswers({ seen }: CheckingClients, count: number): Promise<void> {
  const goal = seen.answers + count;
  await expect.poll(() => seen.answers, { timeout: 30_000 }).toBeGreaterThan(goal);
}

test('kill -9 of a replica fails at most the requests on its connections, all within a second, and it is replaced', async () => {
  await using sandbox = await createSandbox();
  // Connections that don't age stay where they are counted. They need not be spread evenly: a replica that is slow to take one is passed over.
  const { url } = await upWithPrices(sandbox, [], { PRICECTL_MAX_CONNECTION_AGE: '0' });
  await using clients = startCheckingClients(url, connections);
  await moreAnswers(clients, 500);
  const victim = await settledReplica(sandbox);
  const killedAt = performance.now();
  process.kill(victim.pid, 'SIGKILL');
  await expect.poll(async () => (await replicaPids(sandbox)).filter((pid) => pid !== victim.pid), { timeout: 30_000 }).toHaveLength(3);
  await expect.poll(async () => (await sandbox.run(['status', '--json'])).json(), { timeout: 30_000 }).toMatchObject({ state: 'ready', replicas: { ready: 3 } });
  expect(await replicaPids(sandbox)).not.toContain(victim.pid);
  await moreAnswers(clients, 500);
  expect(clients.seen.failures.length).toBeLessThanOrEqual(victim.connections);
  for (const failure of clients.seen.failures) expect(failure.atMs - killedAt).toBeLessThan(1_000);
  expect([...clients.seen.bodies.keys()]).toEqual(['1.50']);
});

test('SIGTERM of a replica fails no request, and it is replaced', async () => {
  await using sandbox = await createSandbox();
  const { url } = await upWithPrices(sandbox);
  await using clients = startCheckingClients(url, connections);
  await moreAnswers(clients, 500);
  const [victim = 0] = await replicaPids(sandbox);
  process.kill(victim, 'SIGTERM');
  await expect.poll(() => isAlive(victim), { timeout: 30_000 }).toBe(false);
  await expect.poll(async () => (await sandbox.run(['status', '--json'])).json(), { timeout: 30_000 }).toMatchObject({ state: 'ready', replicas: { ready: 3 } });
  await moreAnswers(clients, 500);
  expect(clients.seen.failures).toEqual([]);
  expect([...clients.seen.bodies.keys()]).toEqual(['1.50']);
});

/**
 * Asks on connections kept alive, and connects again when the service says so, until nobody listens any more. Returns the bodies, and what was lost: a
 * connection that was never answered came too late, and is reset when it waited in the queue of a listener that was closed.
 */
async function askUntilRefused(port: number): Promise<{ readonly bodies: readonly string[]; readonly lost: readonly string[] }> {
  const bodies: string[] = [];
  const lost: string[] = [];
  for (;;) {
    const before = bodies.length;
    try {
      const client = await RawClient.connect(port);
      let isLast = false;
      while (!isLast) {
        const { status, body, headers } = await client.exchange(requestOf('GET', '/price?product_id=A'));
        bodies.push(`${status} ${body}`);
        isLast = headers['connection'] === 'close';
      }
      client.close();
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') return { bodies, lost };
      if (bodies.length > before) lost.push(String(error));
    }
  }
}

test.each<[string, (sandbox: Sandbox) => Promise<unknown>]>([
  ['down', (sandbox) => sandbox.run(['down'])],
  ['SIGTERM of the supervisor', async (sandbox) => process.kill(await supervisorPid(sandbox), 'SIGTERM')],
  ['SIGTERM of all its processes', async (sandbox) => [...(await replicaPids(sandbox)), await supervisorPid(sandbox)].map((pid) => process.kill(pid, 'SIGTERM'))],
])('%s answers every request of who is connected', async (_, end) => {
  await using sandbox = await createSandbox();
  await upWithPrices(sandbox);
  const asking = Array.from({ length: connections }, () => askUntilRefused(sandbox.port));
  await settledReplica(sandbox);
  await end(sandbox);
  const results = await Promise.all(asking);
  expect(results.flatMap(({ lost }) => lost)).toEqual([]);
  expect(new Set(results.flatMap(({ bodies }) => bodies))).toEqual(new Set(['200 1.50']));
  expect(results.filter(({ bodies }) => bodies.length === 0)).toEqual([]);
  expect((await sandbox.run(['status', '--json'])).json()).toMatchObject({ state: expect.stringMatching(/absent|stopped/) });
});

test('new prices are served without a failed request, and bad ones never', async () => {
  await using sandbox = await createSandbox();
  const { prices, url } = await upWithPrices(sandbox);
  await using clients = startCheckingClients(url, connections);
  await moreAnswers(clients, 200);
  const pods = async (): Promise<readonly { problem: string | null; pricesSha256: string }[]> => (await sandbox.run(['status', '--json'])).json().pods;
  await writeFile(prices, 'A,not a price\n');
  await expect.poll(async () => (await pods()).map(({ problem }) => problem), { timeout: 30_000 }).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/^serves older prices: .*line 1/)));
  await moreAnswers(clients, 200);
  await writeFile(prices, 'A,3.25\nB,2\n');
  await expect.poll(() => clients.seen.bodies.get('3.25') ?? 0, { timeout: 30_000 }).toBeGreaterThan(100);
  await expect.poll(async () => new Set((await pods()).map(({ pricesSha256 }) => pricesSha256)).size, { timeout: 30_000 }).toBe(1);
  expect([...clients.seen.bodies.keys()].toSorted()).toEqual(['1.50', '3.25']);
  expect(clients.seen.failures).toEqual([]);
});

test('scale-out, scale-in and other prices lose no request', async () => {
  await using sandbox = await createSandbox();
  const { url } = await upWithPrices(sandbox);
  const other = await sandbox.write('other.txt', 'A,1.50\n');
  await using clients = startCheckingClients(url, connections);
  for (const flags of [['--min', '6'], ['--max', '6'], ['--min', '2', '--max', '2'], ['--prices', other]]) {
    await moreAnswers(clients, 200);
    const up = await sandbox.run(['up', ...flags]);
    expect(up, up.stderr).toMatchObject({ exitCode: 0 });
  }
  await moreAnswers(clients, 200);
  expect(clients.seen.failures).toEqual([]);
  expect([...clients.seen.bodies.keys()]).toEqual(['1.50']);
  expect((await sandbox.run(['status', '--json'])).json()).toMatchObject({ replicas: { ready: 2 }, prices: { rows: 1 } });
});

test('status says that newer prices were refused, and why', async () => {
  await using sandbox = await createSandbox();
  const { prices } = await upWithPrices(sandbox, ['--min', '1']);
  await writeFile(prices, 'A,not a price\n');
  const status = async () => (await sandbox.run(['status', '--json'])).json();
  await expect.poll(async () => (await status()).pods[0].problem, { timeout: 30_000 }).toMatch(/^serves older prices: prices\.txt: line 1/);
  await writeFile(prices, 'A,2\n');
  await expect.poll(async () => (await status()).pods[0].problem, { timeout: 30_000 }).toBeNull();
});
