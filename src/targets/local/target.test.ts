import { once } from 'node:events';
import { access, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { isRunning, signalProcess } from '../../tools/process-identity.ts';
import type { ServiceSettings } from '../target.ts';
import { countRunning, createLocalTest, endLocalTest, type LocalTest, recordedProcesses, runSteps, type ServerKind } from './local-target.fixture.ts';
import { refuseWindows } from './target.ts';
import { askOnce } from './traffic.fixture.ts';

vi.setConfig({ testTimeout: 30_000 });

const tests: LocalTest[] = [];

afterEach(async () => {
  for (const one of tests.splice(0)) await endLocalTest(one);
});

async function create(kind?: ServerKind, env?: Record<string, string>): Promise<LocalTest> {
  const created = await createLocalTest(kind, env);
  tests.push(created);
  return created;
}

async function portOf(one: LocalTest): Promise<number> {
  return (await one.state()).settings.port;
}

test('up starts the service, a second up changes nothing, down leaves nothing, a second down finds nothing', async () => {
  const one = await create();
  expect(await one.snapshot()).toMatchObject({ state: 'absent', url: null, pods: [], problem: null });
  const first = await one.up();
  expect(first).toMatchObject({ prices: { outcome: 'done' }, supervisor: { outcome: 'done' }, replicas: { outcome: 'done', detail: '2 of 2 ready' } });
  const port = await portOf(one);
  expect(await askOnce(port)).toMatchObject({ status: 200, body: '49.5' });
  const snapshot = await one.snapshot();
  expect(snapshot).toMatchObject({ state: 'ready', url: `http://127.0.0.1:${port}`, replicas: { min: 2, max: 4, desired: 2, ready: 2 }, problem: null });
  expect(snapshot.prices).toMatchObject({ rows: 2, bytes: 19 });
  const again = await one.up({ port });
  expect(again).toMatchObject({ prices: { outcome: 'unchanged' }, supervisor: { outcome: 'unchanged' }, replicas: { outcome: 'unchanged' } });
  const processes = await recordedProcesses(one.folder.stateFile);
  const { socketsFolder } = await one.state();
  expect(processes).toHaveLength(3);
  expect(await one.down()).toMatchObject({ supervisor: { outcome: 'done' }, replicas: { outcome: 'skipped' }, state: { outcome: 'done' } });
  expect(await countRunning(processes)).toBe(0);
  await expect(access(one.folder.path)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(access(socketsFolder)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await one.down()).toMatchObject({ supervisor: { outcome: 'skipped' }, replicas: { outcome: 'skipped' }, state: { outcome: 'skipped' } });
  expect(await one.snapshot()).toMatchObject({ state: 'absent' });
});

test('a plan says what up would do, and does nothing', async () => {
  const one = await create('stand-in');
  const plan = (changes?: Partial<ServiceSettings>) => runSteps(one.target.planSteps(one.settings(changes)));
  expect(await plan()).toMatchObject({ prices: { outcome: 'skipped' }, supervisor: { outcome: 'skipped', detail: expect.stringMatching(/^would be started/) } });
  await expect(access(one.folder.path)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(plan({ prices: '/nowhere' })).rejects.toMatchObject({ code: 'PRICECTL_E_FILE_ENOENT' });
  await one.up({ min: 1 });
  const state = await one.state();
  expect(await plan({ min: 1 })).toMatchObject({ prices: { outcome: 'unchanged' }, supervisor: { outcome: 'unchanged' } });
  expect(await plan({ min: 2 })).toMatchObject({ prices: { outcome: 'unchanged' }, supervisor: { outcome: 'skipped', detail: expect.stringMatching(/would get new settings$/) } });
  expect(await one.state()).toEqual(state);
});

test('a plan for a port that another program has fails as up would', async () => {
  const one = await create('stand-in');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await expect(runSteps(one.target.planSteps(one.settings({ port })))).rejects.toMatchObject({ code: 'PRICECTL_E_PORT_TAKEN' });
  } finally {
    server.close();
  }
});

test('the service outlives what started it, and other commands see its settings', async () => {
  const one = await create('stand-in');
  await one.up({ min: 1 });
  const settings = await one.reopen().runningSettings(AbortSignal.timeout(5_000));
  expect(settings).toEqual({ ...one.settings({ min: 1 }), port: await portOf(one) });
});

test('while one command changes the service, another one is refused', async () => {
  const one = await create('stand-in');
  {
    await using _held = await one.target.lock('pricectl up');
    await expect(one.reopen().lock('pricectl down')).rejects.toMatchObject({ code: 'PRICECTL_E_LOCKED', kind: 'environment' });
  }
  await using _free = await one.reopen().lock('pricectl down');
});

test('after kill -9 of the supervisor no process is left, status says so, and up mends it on the same port', async () => {
  const one = await create('stand-in');
  await one.up();
  const before = await one.state();
  const processes = await recordedProcesses(one.folder.stateFile);
  await signalProcess(before.supervisor, 'SIGKILL');
  await expect.poll(() => countRunning(processes), { timeout: 5_000 }).toBe(0);
  expect(await one.snapshot()).toMatchObject({ state: 'stopped', problem: 'the supervisor is gone; pricectl up mends it' });
  const settings = await one.target.runningSettings(AbortSignal.timeout(5_000));
  expect(settings).toEqual(before.settings);
  expect(await one.up({ port: before.settings.port })).toMatchObject({ supervisor: { outcome: 'done' } });
  expect(await askOnce(before.settings.port)).toMatchObject({ body: '49.5' });
  await expect(access(before.socketsFolder)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('down removes what a killed supervisor left', async () => {
  const one = await create('stand-in');
  await one.up();
  const { supervisor, socketsFolder } = await one.state();
  const processes = await recordedProcesses(one.folder.stateFile);
  await signalProcess(supervisor, 'SIGKILL');
  await expect.poll(() => isRunning(supervisor)).toBe(false);
  expect(await one.down()).toMatchObject({ supervisor: { outcome: 'skipped' }, state: { outcome: 'done' } });
  expect(await countRunning(processes)).toBe(0);
  await expect(access(socketsFolder)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a SIGTERM to the supervisor ends the service in order, and up starts it again', async () => {
  const one = await create('stand-in');
  await one.up();
  const before = await one.state();
  const processes = await recordedProcesses(one.folder.stateFile);
  await signalProcess(before.supervisor, 'SIGTERM');
  await expect.poll(() => countRunning(processes), { timeout: 5_000 }).toBe(0);
  expect(await one.state()).toMatchObject({ isStopped: true, replicas: [] });
  expect(await one.snapshot()).toMatchObject({ state: 'stopped', problem: 'the service was stopped; pricectl up starts it again' });
  await one.up({ port: before.settings.port });
  expect(await one.snapshot()).toMatchObject({ state: 'ready' });
});

test('down ends replicas that hang when their supervisor is gone', async () => {
  const one = await create('stand-in');
  await one.up();
  const { supervisor, replicas } = await one.state();
  for (const replica of replicas) await signalProcess(replica, 'SIGSTOP');
  await signalProcess(supervisor, 'SIGKILL');
  await expect.poll(() => isRunning(supervisor)).toBe(false);
  expect(await countRunning(replicas)).toBe(2);
  expect(await one.down()).toMatchObject({ supervisor: { outcome: 'skipped' }, replicas: { outcome: 'done' }, state: { outcome: 'done' } });
  expect(await countRunning(replicas)).toBe(0);
});

test('up waits for a supervisor that is ending, and starts another one', async () => {
  const one = await create('stand-in', { PRICECTL_TEST_SERVER: 'stuck' });
  await one.up();
  const { supervisor, settings } = await one.state();
  await signalProcess(supervisor, 'SIGTERM');
  await expect.poll(() => one.snapshot()).toMatchObject({ state: 'stopped', problem: 'the service is being stopped' });
  await expect(one.target.connect(AbortSignal.timeout(10_000))).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_UP', message: 'the service is being stopped' });
  const upAgain = one.up({ port: settings.port });
  await signalProcess(supervisor, 'SIGTERM');
  expect(await upAgain).toMatchObject({ supervisor: { outcome: 'done' } });
  expect(await one.snapshot()).toMatchObject({ state: 'ready' });
  const { supervisor: second } = await one.state();
  await signalProcess(second, 'SIGTERM');
});

test('a second SIGTERM to the supervisor ends what does not end in order', async () => {
  const one = await create('stand-in', { PRICECTL_TEST_SERVER: 'stuck' });
  await one.up();
  const { supervisor } = await one.state();
  const processes = await recordedProcesses(one.folder.stateFile);
  await signalProcess(supervisor, 'SIGTERM');
  await expect.poll(async () => (await one.snapshot()).pods.map((pod) => pod.terminating)).toEqual([true, true]);
  expect(await countRunning(processes)).toBe(3);
  await signalProcess(supervisor, 'SIGTERM');
  await expect.poll(() => countRunning(processes), { timeout: 5_000 }).toBe(0);
});

test('a state whose pid another process has now is stale', async () => {
  const one = await create('stand-in');
  await one.up();
  const state = await one.state();
  await one.down();
  const self = { pid: process.pid, startedAt: 'long ago' };
  await mkdir(one.folder.path, { recursive: true });
  await writeFile(one.folder.stateFile, JSON.stringify({ version: 1, ...state, supervisor: self, replicas: [self] }));
  expect(await one.snapshot()).toMatchObject({ state: 'stopped' });
  expect(await one.up()).toMatchObject({ supervisor: { outcome: 'done' } });
  expect(await one.down()).toMatchObject({ state: { outcome: 'done' } });
});

test('a taken port is told with who has it, and nothing is left behind', async () => {
  const one = await create('stand-in');
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  try {
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const failure = await one.up({ port }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'PRICECTL_E_PORT_TAKEN', kind: 'environment' });
    expect(String(failure)).toContain(`port ${port} is taken by pid ${process.pid} `);
    await expect(access(one.folder.path)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await one.snapshot()).toMatchObject({ state: 'absent' });
  } finally {
    other.close();
  }
});

test('a dead service whose port somebody took keeps its settings until up can mend it', async () => {
  const one = await create('stand-in');
  await one.up({ min: 1 });
  const { settings, supervisor } = await one.state();
  await signalProcess(supervisor, 'SIGKILL');
  await expect.poll(() => isRunning(supervisor)).toBe(false);
  const other = createServer().listen(settings.port, '127.0.0.1');
  await once(other, 'listening');
  await expect(one.up({ min: 1, port: settings.port })).rejects.toMatchObject({ code: 'PRICECTL_E_PORT_TAKEN' });
  expect(await one.target.runningSettings(AbortSignal.timeout(5_000))).toEqual(settings);
  other.close();
  await once(other, 'close');
  expect(await one.up({ min: 1, port: settings.port })).toMatchObject({ supervisor: { outcome: 'done' } });
});

test('a running service whose new port is taken goes on as it was', async () => {
  const one = await create('stand-in');
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  try {
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await one.up();
    const before = await one.state();
    await expect(one.up({ port, min: 3 })).rejects.toMatchObject({ code: 'PRICECTL_E_PORT_TAKEN' });
    expect(await one.state()).toEqual(before);
    expect(await askOnce(before.settings.port)).toMatchObject({ body: '49.5' });
  } finally {
    other.close();
  }
});

test('bad prices are refused before anything is started', async () => {
  const one = await create();
  await writeFile(one.pricesFile, 'P123,100\nP124,abc\n');
  await expect(one.up()).rejects.toMatchObject({ code: 'PRICECTL_E_PRICES_INVALID', kind: 'negative' });
  expect(await one.snapshot()).toMatchObject({ state: 'absent' });
});

test('a replica that can not start ends up with what it said, long before a time-out', async () => {
  const one = await create();
  await writeFile(one.pricesFile, 'P123,100\nP124,abc\n');
  const [, ...steps] = one.target.upSteps(one.settings());
  const failure = await runSteps(steps).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'PRICECTL_E_ROLLOUT_FAILED', kind: 'negative' });
  expect(String(failure)).toContain('line 2');
  const { pods, state, problem } = await one.snapshot();
  expect(state).toBe('degraded');
  expect(problem).toContain('no replica is ready');
  await expect(one.target.connect(AbortSignal.timeout(10_000))).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_UP', message: expect.stringContaining('no replica is ready') });
  expect(pods[0]?.problem).toContain('ended with code 6');
  // A good list mends it: the replicas that never got ready make room at once.
  await writeFile(join(one.stateFolder, 'good.txt'), 'P124,1\n');
  await one.up({ prices: join(one.stateFolder, 'good.txt') });
  expect(await askOnce(await portOf(one))).toMatchObject({ body: '1' });
});

test('new replicas that can not start leave the old ones in their place', async () => {
  const one = await create('stand-in');
  await one.up();
  const bad = join(one.stateFolder, 'bad.txt');
  await writeFile(bad, 'nonsense\n');
  const [, ...steps] = one.target.upSteps(one.settings({ prices: bad }));
  await expect(runSteps(steps)).rejects.toMatchObject({ code: 'PRICECTL_E_ROLLOUT_FAILED' });
  expect(await one.snapshot()).toMatchObject({ state: 'degraded', replicas: { ready: 2 }, problem: null });
  expect(await askOnce(await portOf(one))).toMatchObject({ body: '49.5' });
});

test('a damaged state file of a running service is mended by its supervisor', async () => {
  const one = await create('stand-in');
  await one.up();
  const before = await one.state();
  await writeFile(one.folder.stateFile, '{"version":1,"settings":{"pri');
  expect(await one.snapshot()).toMatchObject({ state: 'ready' });
  await rm(one.folder.stateFile);
  await expect.poll(() => one.state().catch(() => undefined), { timeout: 3_000 }).toEqual(before);
});

test('a damaged state file of a dead service is made anew by up and removed by down', async () => {
  const one = await create('stand-in');
  for (const next of ['up', 'down'] as const) {
    await one.up();
    const { supervisor, socketsFolder } = await one.state();
    const processes = await recordedProcesses(one.folder.stateFile);
    await signalProcess(supervisor, 'SIGKILL');
    await expect.poll(() => countRunning(processes)).toBe(0);
    await writeFile(one.folder.stateFile, '{');
    expect(await one.snapshot()).toMatchObject({ state: 'stopped', problem: expect.stringContaining('pricectl up mends it') });
    expect(await one[next]()).toMatchObject(next === 'up' ? { supervisor: { outcome: 'done' } } : { state: { outcome: 'done' } });
    await expect(access(socketsFolder)).rejects.toMatchObject({ code: 'ENOENT' });
  }
});

test('a supervisor whose state folder is gone ends, because nobody could take it down', async () => {
  const one = await create('stand-in');
  await one.up();
  const processes = await recordedProcesses(one.folder.stateFile);
  await rm(one.stateFolder, { recursive: true });
  await expect.poll(() => countRunning(processes), { timeout: 8_000 }).toBe(0);
});

test('a state of a newer version, and one of another user, is left alone', async () => {
  const one = await create('stand-in');
  await one.up();
  const { supervisor } = await one.state();
  await signalProcess(supervisor, 'SIGTERM');
  await expect.poll(() => isRunning(supervisor)).toBe(false);
  await writeFile(one.folder.stateFile, '{"version":2}');
  await expect(one.up()).rejects.toMatchObject({ code: 'PRICECTL_E_NEWER_STATE', kind: 'environment' });
  await expect(one.down()).rejects.toMatchObject({ code: 'PRICECTL_E_NEWER_STATE' });
});

test('an unresponsive supervisor is replaced by up', async () => {
  const one = await create('stand-in');
  await one.up();
  const before = await one.state();
  await rm(join(before.socketsFolder, 'control'));
  expect(await one.snapshot()).toMatchObject({ state: 'degraded', problem: expect.stringContaining("doesn't answer") });
  await expect(one.target.connect(AbortSignal.timeout(10_000))).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_UP', message: expect.stringContaining("doesn't answer") });
  expect(await one.up({ port: before.settings.port })).toMatchObject({ supervisor: { outcome: 'done' } });
  expect(await isRunning(before.supervisor)).toBe(false);
  expect(await one.snapshot()).toMatchObject({ state: 'ready', problem: null });
});

test('where the service is does not take an answer of its replicas', async () => {
  const one = await create('stand-in');
  await expect(one.target.connect(AbortSignal.timeout(10_000))).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_UP', message: 'the service is not up' });
  await one.up();
  const { replicas, settings } = await one.state();
  for (const replica of replicas) await signalProcess(replica, 'SIGSTOP');
  try {
    await using connection = await one.target.connect(AbortSignal.timeout(500));
    expect(connection.url).toBe(`http://127.0.0.1:${settings.port}`);
  } finally {
    for (const replica of replicas) await signalProcess(replica, 'SIGCONT');
  }
});

test('sockets have short paths and nobody else can use them', async () => {
  const one = await create('stand-in');
  await one.up();
  const { socketsFolder } = await one.state();
  expect((await stat(socketsFolder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(socketsFolder, 'control'))).mode & 0o777).toBe(0o600);
  for (const name of await readdir(socketsFolder)) expect(Buffer.byteLength(join(socketsFolder, name))).toBeLessThan(104);
});

test('logs come from all replicas in order of time, old ones can be left out, and following ends with the signal', async () => {
  const one = await create();
  await one.up();
  const lines = [];
  for await (const line of one.target.logs({ follow: false, signal: AbortSignal.timeout(5_000) })) lines.push(line);
  const { pods } = await one.snapshot();
  expect(new Set(lines.map((line) => line.pod))).toEqual(new Set(pods.map((pod) => pod.name)));
  expect(lines.map((line) => line.timeMs)).toEqual(lines.map((line) => line.timeMs).toSorted((a, b) => Number(a) - Number(b)));
  const none = [];
  for await (const line of one.target.logs({ follow: false, sinceMs: 0, signal: AbortSignal.timeout(5_000) })) none.push(line);
  expect(none).toEqual([]);
  const stop = new AbortController();
  const reason = new Error('enough');
  const follow = async () => {
    for await (const line of one.target.logs({ follow: true, sinceMs: 0, signal: stop.signal })) {
      if (line.text.includes('pricectl: it was ended by SIGKILL')) stop.abort(reason);
    }
  };
  const following = follow();
  const [replica] = (await one.state()).replicas;
  if (replica !== undefined) await signalProcess(replica, 'SIGKILL');
  await expect(following).rejects.toBe(reason);
});

test('Windows is refused in one line', () => {
  expect(() => refuseWindows('win32')).toThrow(expect.objectContaining({ code: 'PRICECTL_E_WINDOWS', kind: 'environment' }));
  expect(() => refuseWindows('darwin')).not.toThrow();
});
