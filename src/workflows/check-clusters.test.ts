import { expect, test } from 'vitest';
import { type ScriptedCall, scriptProcesses } from '../../test/fakes/scripted-process.ts';
import { createDocker } from '../tools/docker.ts';
import { createKubectl } from '../tools/kubectl.ts';
import { createMinikube } from '../tools/minikube.ts';
import { checkKube, checkMinikube } from './check-clusters.ts';
import type { DoctorCheck, TargetCheck } from './check-machine.ts';

const signal = new AbortController().signal;
/** Stands for what is seen by the API of a cluster that answers. */
const lookInside = async (): Promise<readonly DoctorCheck[]> => [{ name: 'inside', found: 'seen', needed: '', state: 'ok', mend: null }];

const running = { Host: 'Running', Kubelet: 'Running', APIServer: 'Running', Kubeconfig: 'Configured' };

interface Machine {
  readonly minikube?: string;
  readonly engine?: string;
  /** Client and server of `kubectl version`; a server of null doesn't answer. */
  readonly kubectl?: { readonly client: string; readonly server: string | null } | 'no context';
  readonly status?: object;
  /** Of the profile; containerd without it. */
  readonly config?: object;
}

function toolsOf(script: readonly ScriptedCall[]) {
  // Programs run side by side: in the order in which each of them is asked.
  const queues = ['minikube', 'docker', 'kubectl'].map((file) => [file, scriptProcesses(script.filter(({ command }) => command[0] === file))] as const);
  const of = (file: string) => ({ processes: queues.find(([name]) => name === file)?.[1] ?? scriptProcesses([]), env: {} });
  return {
    minikube: createMinikube({ ...of('minikube'), profile: 'pricectl' }),
    docker: createDocker(of('docker')),
    kubectl: createKubectl({ ...of('kubectl'), context: 'pricectl' }),
    assertUsedUp: () => queues.forEach(([, processes]) => processes.assertUsedUp()),
  };
}

function versionCalls(kubectl: Machine['kubectl']): readonly ScriptedCall[] {
  const version = ['kubectl', 'version', '--context', 'pricectl', '-o', 'json', '--request-timeout=10s'] as const;
  const client = ['kubectl', 'version', '--client', '-o', 'json'] as const;
  if (kubectl === undefined) return [{ command: version, reply: 'missing' }, { command: client, reply: 'missing' }];
  if (kubectl === 'no context') {
    return [
      { command: version, reply: { exitCode: 1, stderr: 'error: context "pricectl" does not exist' } },
      { command: client, reply: { stdout: '{"clientVersion":{"gitVersion":"v1.36.3"}}' } },
    ];
  }
  const said = { clientVersion: { gitVersion: `v${kubectl.client}` }, ...(kubectl.server === null ? {} : { serverVersion: { gitVersion: `v${kubectl.server}` } }) };
  return [{ command: version, reply: { stdout: JSON.stringify(said), exitCode: kubectl.server === null ? 1 : 0 } }];
}

function configCall(config: object): ScriptedCall {
  const valid = [{ Name: 'other', Config: { DisableMetrics: true } }, { Name: 'pricectl', Config: config }];
  return { command: ['minikube', 'profile', 'list', '-o', 'json', '-l', '-p', 'pricectl'], reply: { stdout: JSON.stringify({ invalid: [], valid }) } };
}

function script({ minikube, engine, kubectl, status, config = { KubernetesConfig: { ContainerRuntime: 'containerd' } } }: Machine): readonly ScriptedCall[] {
  return [
    { command: ['minikube', 'version', '-o', 'json'], reply: minikube === undefined ? 'missing' : { stdout: JSON.stringify({ minikubeVersion: minikube }) } },
    ...(minikube === undefined ? [] : [{ command: ['minikube', 'status', '-o', 'json', '-p', 'pricectl'] as const, reply: status === undefined ? { exitCode: 85 } : { stdout: JSON.stringify(status) } }]),
    ...(minikube === undefined || status === undefined || Reflect.get(status, 'Kubeconfig') === 'Misconfigured' ? [] : [configCall(config)]),
    { command: ['docker', 'version', '--format', '{{.Server.Version}}'], reply: engine === undefined ? { exitCode: 1 } : { stdout: engine } },
    ...versionCalls(kubectl),
  ];
}

async function check(machine: Machine): Promise<TargetCheck> {
  const tools = toolsOf(script(machine));
  const result = await checkMinikube({ ...tools, lookInside, signal });
  tools.assertUsedUp();
  return result;
}

function statesOf({ checks }: TargetCheck): Readonly<Record<string, string>> {
  return Object.fromEntries(checks.map(({ name, state }) => [name, state]));
}

const fine: Machine = { minikube: 'v1.38.1', engine: '29.1.0', kubectl: { client: '1.36.3', server: '1.36.2' }, status: running };

test('a machine with all that minikube takes', async () => {
  const result = await check(fine);
  expect(result).toMatchObject({ target: 'minikube', usable: true });
  expect(result.checks.map(({ name, mend }) => [name, mend])).toEqual(['minikube', 'docker', 'kubectl', 'profile', 'runtime', 'inside'].map((name) => [name, null]));
});

test('before the first up there is no profile, and kubectl knows no context: that is fine', async () => {
  const { status: _, ...rest } = fine;
  const result = await check({ ...rest, kubectl: 'no context' });
  expect(result).toMatchObject({ usable: true });
  expect(result.checks).toMatchObject([{ found: '1.38.1' }, { found: '29.1.0' }, { found: '1.36.3', state: 'ok' }, { found: 'absent', state: 'ok' }]);
});

test.each<[string, Machine, Readonly<Record<string, string>>]>([
  ['nothing', {}, { minikube: 'problem', docker: 'problem', kubectl: 'problem' }],
  ['an old minikube', { ...fine, minikube: 'v1.31.0' }, { minikube: 'problem', docker: 'ok', kubectl: 'ok', profile: 'ok', runtime: 'ok', inside: 'ok' }],
  ['an old kubectl', { ...fine, kubectl: { client: '1.27.0', server: null } }, { minikube: 'ok', docker: 'ok', kubectl: 'problem', profile: 'ok', runtime: 'ok' }],
  ['a profile that measures no CPU', { ...fine, config: { DisableMetrics: true } }, { minikube: 'ok', docker: 'ok', kubectl: 'ok', profile: 'ok', runtime: 'ok', kubelet: 'problem', inside: 'ok' }],
])('with %s the target is of no use', async (_, machine, states) => {
  const result = await check(machine);
  expect(statesOf(result)).toEqual(states);
  expect(result.usable).toBe(false);
  for (const { state, mend } of result.checks) expect(mend === null).toBe(state === 'ok');
});

test.each<[string, Machine, RegExp]>([
  ['a skew', { ...fine, kubectl: { client: '1.34.0', server: '1.36.2' } }, /more than one minor/],
  ['a kubeconfig that leads elsewhere', { ...fine, status: { ...running, Kubeconfig: 'Misconfigured' } }, /^minikube update-context --profile pricectl$/],
  ['a broken profile', { ...fine, status: { ...running, Kubelet: 'Stopped' } }, /^pricectl up --target minikube$/],
  ['the runtime of Docker', { ...fine, config: { KubernetesConfig: { ContainerRuntime: 'docker' } } }, /^minikube delete --profile pricectl, then pricectl up --target minikube$/],
])('%s is a warning', async (_, machine, mend) => {
  const result = await check(machine);
  expect(result.usable).toBe(true);
  expect(result.checks.filter(({ state }) => state === 'warning')).toMatchObject([{ mend: expect.stringMatching(mend) }]);
});

async function checkContext(context: string | undefined, server: string | null, engine: string | undefined = '29.1.0'): Promise<TargetCheck> {
  const tools = toolsOf([
    { command: ['docker', 'version', '--format', '{{.Server.Version}}'], reply: engine === undefined ? 'missing' : { stdout: engine } },
    ...(context === undefined ? [{ command: ['kubectl', 'version', '--client', '-o', 'json'] as const, reply: { stdout: '{"clientVersion":{"gitVersion":"v1.36.3"}}' } }] : versionCalls({ client: '1.36.3', server })),
    { command: ['kubectl', 'config', 'view', '-o', 'json'], reply: { stdout: JSON.stringify({ contexts: [{ name: 'pricectl' }, { name: 'team' }] }) } },
  ]);
  return checkKube({ ...tools, context, lookInside, signal });
}

test('any cluster: without a context it names them and asks none, with one it asks it', async () => {
  expect((await checkContext(undefined, null)).checks.at(-1)).toMatchObject({ name: 'context', state: 'warning', found: 'pricectl, team', mend: expect.stringMatching(/--context NAME/) });
  expect((await checkContext('tema', null)).checks.at(-1)).toMatchObject({ state: 'problem', mend: expect.stringMatching(/there are: pricectl, team/) });
  expect((await checkContext('pricectl', null)).checks.at(-1)).toMatchObject({ name: 'cluster', state: 'problem', mend: expect.stringMatching(/cluster-info/) });
  expect((await checkContext('pricectl', '1.29.9')).checks.at(-2)).toMatchObject({ state: 'problem', found: 'Kubernetes 1.29.9' });
  expect(await checkContext('pricectl', '1.36.2')).toMatchObject({ target: 'kube', usable: true });
});

test('on a cluster of somebody else an engine only builds the image', async () => {
  const tools = toolsOf([{ command: ['docker', 'version', '--format', '{{.Server.Version}}'], reply: 'missing' }, ...versionCalls(undefined)]);
  expect((await checkKube({ ...tools, context: 'team', lookInside, signal })).checks).toMatchObject([
    { name: 'kubectl', state: 'problem', found: null },
    { name: 'docker', state: 'warning', mend: expect.stringMatching(/--image/) },
  ]);
});
