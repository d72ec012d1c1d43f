import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ScriptedCall, scriptProcesses } from '../../test/fakes/scripted-process.ts';
import { createMinikube, type MinikubeProgress, type MinikubeStart } from './minikube.ts';

const signal = new AbortController().signal;

function fixture(name: string): Promise<string> {
  return readFile(join(import.meta.dirname, '../../test/fixtures/minikube', name), 'utf8');
}

function open(...script: readonly ScriptedCall[]) {
  const processes = scriptProcesses(script);
  return { processes, minikube: createMinikube({ profile: 'p', processes, env: { PATH: '/bin', MINIKUBE_HOME: '/m', NODE_OPTIONS: '--x' } }) };
}

function status(stdout: string, exitCode: number): ScriptedCall {
  return { command: ['minikube', 'status', '-o', 'json', '-p', 'p'], reply: { stdout, exitCode } };
}

function event(type: string, data: object): string {
  return JSON.stringify({ specversion: '1.0', type: `io.k8s.sigs.minikube.${type}`, data });
}

const startCommand = ['minikube', 'start', '-o', 'json', '--interactive=false', '--keep-context', '--container-runtime=containerd'] as const;

function startOptions(changes: Partial<MinikubeStart> = {}): MinikubeStart {
  return { addons: [], cpus: null, memory: null, force: false, onProgress: () => {}, signal, ...changes };
}

test('what a profile was made with is read from the list of all', async () => {
  const command = ['minikube', 'profile', 'list', '-o', 'json', '-l', '-p', 'p'] as const;
  const config = async (profiles: object) => open({ command, reply: { stdout: JSON.stringify(profiles) } }).minikube.config(signal);
  expect(await config({ invalid: [], valid: [{ Name: 'q' }, { Name: 'p', Config: { DisableMetrics: true, KubernetesConfig: { ContainerRuntime: 'docker' } } }] })).toEqual({ containerRuntime: 'docker', metricsDisabled: true });
  expect(await config({ invalid: [{ Name: 'p', Config: {} }], valid: null })).toEqual({ containerRuntime: '', metricsDisabled: false });
  expect(await config({ invalid: [], valid: [] })).toBeUndefined();
  expect(await config({ error: 'no' })).toBeUndefined();
});

test('a start is given what was asked for, and tells its steps', async () => {
  const { minikube, processes } = open({
    command: [...startCommand, '--addons=metrics-server', '--addons=dns', '--cpus=4', '--memory=4g', '--force', '-p', 'p'],
    reply: { stdout: await fixture('start.jsonl'), stderr: 'W1125 klog' },
  });
  const steps: MinikubeProgress[] = [];
  await minikube.start(startOptions({ addons: ['metrics-server', 'dns'], cpus: 4, memory: '4g', force: true, onProgress: (step) => steps.push(step) }));
  processes.assertUsedUp();
  expect(steps[0]).toEqual({ text: '[pricectl] minikube v1.38.1 (stand-in) on Debian 12', step: 0, totalSteps: 19 });
  expect(steps.map(({ step }) => step)).toEqual([0, 1, 3, 5, 8, 11, 15, 17, 18, 19]);
  expect(processes.calls[0]?.env).toEqual({ PATH: '/bin', MINIKUBE_HOME: '/m', MINIKUBE_IN_STYLE: 'false' });
});

test('downloads are progress, detours have no number, other output is passed over', async () => {
  const said = [
    '    > preloaded-images: 12.3 MiB / 300 MiB',
    '{"type": 1}',
    '{"broken',
    event('download', { artifact: 'preload', currentstep: '2', totalsteps: '19' }),
    event('download.progress', { artifact: 'preload', progress: '0.426', currentstep: '2', totalsteps: '19' }),
    event('step', { message: 'Stopping node', name: 'Stopping', currentstep: '', totalsteps: '19' }),
    event('info', { message: 'hello' }),
  ];
  const { minikube } = open({ command: ['minikube', 'delete', '-o', 'json', '-p', 'p'], reply: { stdout: said.join('\n') } });
  const steps: MinikubeProgress[] = [];
  await minikube.delete((step) => steps.push(step), signal);
  expect(steps).toEqual([
    { text: 'downloading preload', step: 2, totalSteps: 19 },
    { text: 'downloading preload: 43 %', step: 2, totalSteps: 19 },
    { text: 'Stopping node', step: null, totalSteps: 19 },
  ]);
});

test('a start that failed is told in the words of the error with its exit code', async () => {
  const { minikube } = open({ command: [...startCommand, '-p', 'p'], reply: { stdout: await fixture('start-as-root.jsonl'), exitCode: 57 } });
  await expect(minikube.start(startOptions())).rejects.toMatchObject({
    code: 'PRICECTL_E_MINIKUBE',
    kind: 'environment',
    message: 'minikube start failed: The "docker" driver should not be used with root privileges. (DRV_AS_ROOT, exit code 57)',
  });
});

test('of several errors the last with the exit code counts, and its advice is the hint', async () => {
  const stdout = [
    event('error', { exitcode: '80', message: 'early', name: 'OLD' }),
    event('error', { exitcode: '80', message: 'the reason', name: 'GUEST_START', advice: 'try\n  this', url: 'https://minikube.example/', issues: '' }),
    event('error', { exitcode: '29', message: 'forced past', name: 'RSRC_INSUFFICIENT_CORES' }),
    event('error', { message: 'chatter' }),
  ].join('\n');
  const { minikube } = open({ command: [...startCommand, '-p', 'p'], reply: { stdout, exitCode: 80 } });
  await expect(minikube.start(startOptions())).rejects.toMatchObject({
    kind: 'tool',
    message: 'minikube start failed: the reason (GUEST_START, exit code 80)',
    hints: ['try this', 'https://minikube.example/'],
  });
});

test.each([
  [14, 'tool'],
  [23, 'environment'],
  [37, 'environment'],
  [45, 'tool'],
  [55, 'environment'],
  [69, 'environment'],
  [80, 'tool'],
])('exit code %i is a failure of the kind %s', async (exitCode, kind) => {
  const { minikube } = open({ command: [...startCommand, '-p', 'p'], reply: { exitCode, stderr: 'last words' } });
  await expect(minikube.start(startOptions())).rejects.toMatchObject({ kind, message: `minikube start failed: last words (exit code ${exitCode})` });
});

test('the state of a profile is read whatever the exit code says', async () => {
  const { minikube } = open(status(await fixture('status-running.json'), 0), status(await fixture('status-stopped.json'), 7), status(await fixture('status-unknown.jsonl'), 85));
  expect(await minikube.status(signal)).toEqual({ state: 'running', isConfigured: true });
  expect(await minikube.status(signal)).toEqual({ state: 'stopped', isConfigured: false });
  expect(await minikube.status(signal)).toEqual({ state: 'absent', isConfigured: false });
});

test.each([
  ['a kubeconfig that leads elsewhere', { Kubeconfig: 'Misconfigured' }, 'running', false],
  ['a paused API server', { APIServer: 'Paused' }, 'paused', true],
  ['a dead API server', { APIServer: 'Stopped' }, 'degraded', true],
  ['a node that is gone', { Host: 'Nonexistent', Kubelet: 'Nonexistent', APIServer: 'Nonexistent', Kubeconfig: 'Nonexistent' }, 'stopped', false],
  ['a host in error', { Host: 'Error' }, 'degraded', true],
])('%s is told', async (_name, changes, state, isConfigured) => {
  const node = { Name: 'p', Host: 'Running', Kubelet: 'Running', APIServer: 'Running', Kubeconfig: 'Configured', Worker: false, ...changes };
  const worker = { Name: 'p-m02', Host: 'Running', Kubelet: 'Running', APIServer: 'Irrelevant', Kubeconfig: 'Irrelevant', Worker: true };
  const { minikube } = open(status(JSON.stringify(node), 2), status(JSON.stringify([node, worker]), 2));
  expect(await minikube.status(signal)).toEqual({ state, isConfigured });
  expect(await minikube.status(signal)).toEqual({ state, isConfigured });
});

test('a status that no node answers is degraded, one that fails is a failure', async () => {
  const { minikube } = open(status('null', 7), { command: ['minikube', 'status', '-o', 'json', '-p', 'p'], reply: { exitCode: 14, stderr: '\nX Exiting due to MK_USAGE: broken\n' } });
  expect(await minikube.status(signal)).toEqual({ state: 'degraded', isConfigured: false });
  await expect(minikube.status(signal)).rejects.toMatchObject({ code: 'PRICECTL_E_MINIKUBE', message: 'minikube status failed: broken (MK_USAGE, exit code 14)' });
});

test('addons, images and the version are read', async () => {
  const { minikube, processes } = open(
    { command: ['minikube', 'addons', 'list', '-o', 'json', '-p', 'p'], reply: { stdout: await fixture('addons.json') } },
    { command: ['minikube', 'addons', 'list', '-o', 'json', '-p', 'p'], reply: { stdout: await fixture('addons.json') } },
    { command: ['minikube', 'image', 'ls', '--format', 'json', '-p', 'p'], reply: { stdout: await fixture('images.json') } },
    { command: ['minikube', 'image', 'ls', '--format', 'json', '-p', 'p'], reply: { stderr: await fixture('image-ls-unknown.txt'), exitCode: 14 } },
    { command: ['minikube', 'version', '-o', 'json'], reply: { stdout: '{"commit":"x","minikubeVersion":"v1.38.1"}' } },
    { command: ['minikube', 'version', '-o', 'json'], reply: 'missing' },
  );
  expect(await minikube.isAddonEnabled('metrics-server', signal)).toBe(true);
  expect(await minikube.isAddonEnabled('dashboard', signal)).toBe(false);
  expect(await minikube.images(signal)).toEqual([
    'registry.k8s.io/coredns/coredns:v1.14.7',
    'registry.k8s.io/metrics-server/metrics-server:v0.9.0',
    'registry.k8s.io/pause:3.10.1',
  ]);
  await expect(minikube.images(signal)).rejects.toMatchObject({ message: 'minikube image ls failed: loading profile: cluster "nope" does not exist (MK_USAGE, exit code 14)' });
  expect(await minikube.version(signal)).toBe('1.38.1');
  expect(await minikube.version(signal)).toBeUndefined();
  processes.assertUsedUp();
});

test('what changes something names its profile', async () => {
  const { minikube, processes } = open(
    { command: ['minikube', 'update-context', '-p', 'p'] },
    { command: ['minikube', 'addons', 'enable', 'metrics-server', '-p', 'p'] },
    { command: ['minikube', 'image', 'load', '--daemon', 'docker.io/library/a:1', '-p', 'p'] },
  );
  await minikube.updateContext(signal);
  await minikube.enableAddon('metrics-server', signal);
  await minikube.loadImage('docker.io/library/a:1', signal);
  expect(() => processes.assertUsedUp()).not.toThrow();
});

const serviceCommand = ['minikube', 'service', 'api', '--url', '-n', 'shop', '-p', 'p'] as const;

test('the URL of a service is kept open until disposal where minikube blocks', async () => {
  const { minikube, processes } = open({ command: serviceCommand, reply: { stdout: "* Starting tunnel for service api.\nhttp://127.0.0.1:4711\n! Because you are using a Docker driver on darwin, ..." } });
  const url = await minikube.serviceUrl('shop', 'api', signal);
  expect(url.url).toBe('http://127.0.0.1:4711');
  expect(processes.backgrounds[0]?.isDisposed).toBe(false);
  await url[Symbol.asyncDispose]();
  expect(processes.backgrounds[0]?.isDisposed).toBe(true);
});

test('the URL of a service is there where minikube prints it and ends', async () => {
  const { minikube } = open({ command: serviceCommand, reply: { stdout: 'http://192.168.49.2:30001\nhttp://192.168.49.2:30002\n', exitCode: 0 } });
  expect(await minikube.serviceUrl('shop', 'api', signal)).toMatchObject({ url: 'http://192.168.49.2:30001' });
});

test('a service that cannot be reached is told in the words of minikube', async () => {
  const { minikube } = open({ command: serviceCommand, reply: { stderr: await fixture('service-not-found.txt'), exitCode: 115 } });
  await expect(minikube.serviceUrl('shop', 'api', signal)).rejects.toMatchObject({
    code: 'PRICECTL_E_MINIKUBE',
    message: "minikube service failed: Service 'nope' was not found in 'default' namespace. (SVC_NOT_FOUND, exit code 115)",
    hints: ["You may select another namespace by using 'minikube service nope -n <namespace>'"],
  });
});
