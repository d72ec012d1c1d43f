import { readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type FakeCall, type FakeTools, installFakeTools } from '../../test/fakes/bin/fake-tools.ts';
import { createFakeClock } from '../../test/fakes/fake-clock.ts';
import { type ScriptedCall, scriptProcesses } from '../../test/fakes/scripted-process.ts';
import { waitUntil } from './clock.ts';
import { createKubectl } from './kubectl.ts';
import { createProcesses } from './process.ts';

const signal = new AbortController().signal;
const versionCommand = ['kubectl', 'version', '--context', 'c', '-o', 'json', '--request-timeout=10s'] as const;
const configCommand = ['kubectl', 'config', 'view', '-o', 'json'] as const;
const proxyArgs = ['proxy', '--context', 'c', '--unix-socket=<any>', '--accept-paths=<any>'];
const noContext = 'error: context "c" does not exist\n';
const cleanUps: AsyncDisposable[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp[Symbol.asyncDispose]();
});

function open(...script: readonly ScriptedCall[]) {
  const processes = scriptProcesses(script);
  const clock = createFakeClock();
  return { processes, clock, kubectl: createKubectl({ context: 'c', processes, env: { PATH: '/bin', KUBECONFIG: '/k', SECRET: 's' }, clock }) };
}

/** kubectl as an executable that plays a script. */
async function openFake(...script: readonly FakeCall[]) {
  const fakes = await installFakeTools({ kubectl: script });
  cleanUps.push(fakes);
  return { fakes, kubectl: createKubectl({ context: 'c', processes: createProcesses(), env: { PATH: fakes.path } }) };
}

/** The socket that a fake `kubectl proxy` was told to listen on. */
async function socketOf(fakes: FakeTools): Promise<string> {
  const [command = []] = await fakes.calls();
  return command.find((arg) => arg.startsWith('--unix-socket='))?.slice('--unix-socket='.length) ?? '';
}

test('versions are told without the v; the server may not answer', async () => {
  const { kubectl, processes } = open(
    { command: versionCommand, reply: { stdout: '{"clientVersion":{"gitVersion":"v1.36.3"},"serverVersion":{"gitVersion":"v1.35.0-eks-1"}}' } },
    { command: versionCommand, reply: { stdout: '{"clientVersion":{"gitVersion":"v1.36.3"}}', stderr: 'The connection to the server h:1 was refused', exitCode: 1 } },
    { command: versionCommand, reply: 'missing' },
    { command: versionCommand, reply: { stderr: noContext, exitCode: 1 } },
  );
  expect(await kubectl.versions(signal)).toEqual({ client: '1.36.3', server: '1.35.0-eks-1' });
  expect(await kubectl.versions(signal)).toEqual({ client: '1.36.3', server: null });
  await expect(kubectl.versions(signal)).rejects.toMatchObject({ code: 'PRICECTL_E_TOOL_MISSING' });
  await expect(kubectl.versions(signal)).rejects.toMatchObject({ code: 'PRICECTL_E_NO_CONTEXT', kind: 'environment', hints: ['kubectl config get-contexts'] });
  expect(processes.calls[0]?.env).toEqual({ PATH: '/bin', KUBECONFIG: '/k' });
});

test('contexts and the URL of the server come from the kubeconfig, which may be empty or broken', async () => {
  const config = {
    contexts: [
      { name: 'other', context: { cluster: 'x', user: 'u' } },
      { name: 'c', context: { cluster: 'mine', user: 'u' } },
      { name: 'orphan', context: { cluster: 'gone', user: 'u' } },
    ],
    clusters: [
      { name: 'x', cluster: { server: 'https://x' } },
      { name: 'mine', cluster: { server: 'https://127.0.0.1:1' } },
    ],
  };
  const full = { command: configCommand, reply: { stdout: JSON.stringify(config) } };
  const empty = { command: configCommand, reply: { stdout: '{"contexts":null,"clusters":null}' } };
  const broken = { command: configCommand, reply: { stderr: 'error: error loading config file "/k": yaml: line 1: x', exitCode: 1 } };
  const { kubectl } = open(full, full, empty, empty, broken);
  expect(await kubectl.contexts(signal)).toEqual(['other', 'c', 'orphan']);
  expect(await kubectl.serverUrl(signal)).toBe('https://127.0.0.1:1');
  expect(await kubectl.contexts(signal)).toEqual([]);
  expect(await kubectl.serverUrl(signal)).toBeUndefined();
  await expect(kubectl.serverUrl(signal)).rejects.toMatchObject({ code: 'PRICECTL_E_KUBECONFIG', kind: 'environment' });
});

test('the API is open behind a socket that only we may use, and nothing is left of it', async () => {
  const { fakes, kubectl } = await openFake({ args: proxyArgs, api: { 'GET /version': { body: { gitVersion: 'v1.36.2' } }, 'GET /api/v1/nodes': { body: { items: [] } } } });
  const api = await kubectl.openApi(signal);
  const socket = await socketOf(fakes);
  expect(Buffer.byteLength(socket)).toBeLessThan(100);
  expect((await stat(dirname(socket))).mode & 0o777).toBe(0o700);
  expect(api.context).toBe('c');
  expect(await api.list('/api/v1/nodes', {}, signal)).toEqual({ items: [] });
  expect(await fakes.running()).toHaveLength(1);
  await api[Symbol.asyncDispose]();
  expect(await fakes.running()).toEqual([]);
  await expect(stat(dirname(socket))).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(api.get('/version', signal)).rejects.toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN' });
  await fakes.assertUsedUp();
});

test('the signal that opens the API does not end it', async () => {
  const { kubectl } = await openFake({ args: proxyArgs, api: { 'GET /version': { body: { gitVersion: 'v1.36.2' } } } });
  const abort = new AbortController();
  await using api = await kubectl.openApi(abort.signal);
  abort.abort(new Error('enough'));
  expect(await api.get('/version', signal)).toEqual({ gitVersion: 'v1.36.2' });
});

test('an abort while the API opens ends the proxy', async () => {
  const { fakes, kubectl } = await openFake({ args: proxyArgs, hangs: true });
  const abort = new AbortController();
  const opening = kubectl.openApi(abort.signal);
  const isStarted = async () => (await fakes.calls()).length === 1;
  await waitUntil({ poll: isStarted, isDone: Boolean, describe: () => 'kubectl has not been started', everyMs: 10, timeoutMs: 10_000 });
  abort.abort(new Error('enough'));
  await expect(opening).rejects.toThrow('enough');
  expect(await fakes.running()).toEqual([]);
  await expect(stat(dirname(await socketOf(fakes)))).rejects.toMatchObject({ code: 'ENOENT' });
});

test.each([
  ['a context that is not there', { stderr: noContext, exitCode: 1 }, 'PRICECTL_E_NO_CONTEXT', 'environment'],
  ['any other failure', { stderr: 'error: boom', exitCode: 1 }, 'PRICECTL_E_TOOL_FAILED', 'tool'],
  ['a proxy that just ends', { exitCode: 0 }, 'PRICECTL_E_TOOL_FAILED', 'tool'],
  ['a cluster that is away', { api: { 'GET /version': { proxyFailure: 'dial tcp: connection refused' } } }, 'PRICECTL_E_CLUSTER_DOWN', 'environment'],
  ['a cluster that does not know us', { api: { 'GET /version': { status: 401, body: { kind: 'Status', code: 401, reason: 'Unauthorized' } } } }, 'PRICECTL_E_CREDENTIALS', 'environment'],
  ['somebody who is no API server', { api: { 'GET /version': { body: { version: '1.0.0', prices: {} } } } }, 'PRICECTL_E_CLUSTER_DOWN', 'environment'],
])('the API does not open for %s, and nothing is left', async (_name, call, code, kind) => {
  const { fakes, kubectl } = await openFake({ args: proxyArgs, ...call });
  await expect(kubectl.openApi(signal)).rejects.toMatchObject({ code, kind });
  expect(await fakes.running()).toEqual([]);
  await expect(stat(dirname(await socketOf(fakes)))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('who may not see the version may see the rest', async () => {
  const { kubectl } = await openFake({
    args: proxyArgs,
    api: { 'GET /version': { status: 403, body: { kind: 'Status', code: 403, reason: 'Forbidden' } }, 'GET /api/v1/nodes': { body: { items: [] } } },
  });
  await using api = await kubectl.openApi(signal);
  expect(await api.list('/api/v1/nodes', {}, signal)).toEqual({ items: [] });
});

test('without kubectl the API does not open, and no folder is left', async () => {
  const before = await readdir(tmpdir());
  const kubectl = createKubectl({ context: 'c', processes: createProcesses(), env: { PATH: '/no/such/folder' } });
  await expect(kubectl.openApi(signal)).rejects.toMatchObject({ code: 'PRICECTL_E_TOOL_MISSING', kind: 'environment' });
  const added = (await readdir(tmpdir())).filter((name) => name.startsWith('pricectl-api-') && !before.includes(name));
  expect(added).toEqual([]);
});

function forwardCommand(localPort: string): ScriptedCall['command'] {
  return ['kubectl', 'port-forward', '--context', 'c', '--namespace', 'shop', '--address=127.0.0.1', 'service/api', `${localPort}:8080`];
}

const forwarding = { stdout: 'Forwarding from 127.0.0.1:41235 -> 5000\n' };
const wanted = { namespace: 'shop', service: 'api', port: 8080 };

test('a forward that ended is started anew on the same port, with pauses while that fails', async () => {
  const { kubectl, processes, clock } = open(
    { command: forwardCommand(''), reply: forwarding },
    { command: forwardCommand('41235'), reply: { stderr: 'error: unable to forward port because pod is not running', exitCode: 1 } },
    { command: forwardCommand('41235'), reply: new Error('anything') },
    { command: forwardCommand('41235'), reply: forwarding },
  );
  const forward = await kubectl.portForward({ ...wanted, signal });
  expect(forward.url).toBe('http://127.0.0.1:41235');
  processes.backgrounds[0]?.end(1, 'error: lost connection to pod');
  await waitUntil({ poll: async () => processes.calls.length, isDone: (count) => count === 4, describe: (count) => `${count} calls`, everyMs: 1, timeoutMs: 10_000 });
  expect(clock.slept).toEqual([100, 200, 400]);
  await forward[Symbol.asyncDispose]();
  expect(await processes.backgrounds.at(-1)?.ended).toBeUndefined();
  processes.assertUsedUp();
});

test('a forward that cannot be had is told, and not tried again', async () => {
  const notFound = 'Error from server (NotFound): services "api" not found';
  const { kubectl, processes } = open(
    { command: forwardCommand(''), reply: { stderr: notFound, exitCode: 1 } },
    { command: forwardCommand(''), reply: { stderr: noContext, exitCode: 1 } },
    { command: forwardCommand(''), reply: { stderr: 'Unable to connect to the server: dial tcp: lookup x: no such host', exitCode: 1 } },
  );
  await expect(kubectl.portForward({ ...wanted, signal })).rejects.toMatchObject({ code: 'PRICECTL_E_TOOL_FAILED', stderr: notFound });
  await expect(kubectl.portForward({ ...wanted, signal })).rejects.toMatchObject({ code: 'PRICECTL_E_NO_CONTEXT' });
  await expect(kubectl.portForward({ ...wanted, signal })).rejects.toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN', message: expect.stringContaining('no such host') });
  expect(() => processes.assertUsedUp()).not.toThrow();
});

test('an abort while a forward starts ends it', async () => {
  const { kubectl } = open({ command: forwardCommand(''), reply: 'hangs' });
  const abort = new AbortController();
  const opening = kubectl.portForward({ ...wanted, signal: abort.signal });
  abort.abort(new Error('enough'));
  await expect(opening).rejects.toThrow('enough');
});

test('interactive commands carry context and namespace in front', () => {
  expect(open().kubectl.argumentsFor('shop', ['run', 'x', '--', 'sh'])).toEqual(['--context', 'c', '--namespace', 'shop', 'run', 'x', '--', 'sh']);
});
