import { expect, test } from 'vitest';
import { type ScriptedCall, scriptProcesses } from '../../test/fakes/scripted-process.ts';
import { createDocker } from '../tools/docker.ts';
import { createKubectl } from '../tools/kubectl.ts';
import { createMinikube } from '../tools/minikube.ts';
import { contextOf } from './compose-cluster.ts';

function config(servers: Readonly<Record<string, string | undefined>>): ScriptedCall {
  const names = Object.keys(servers);
  const contexts = names.map((name) => ({ name, context: { cluster: name } }));
  const clusters = names.map((name) => ({ name, cluster: { server: servers[name] } }));
  return { command: ['kubectl', 'config', 'view', '-o', 'json'], reply: { stdout: JSON.stringify({ contexts, clusters, 'current-context': names[0] }) } };
}

/** The context for these flags; `looks` is how often the kubeconfig is read. */
async function find(kind: 'minikube' | 'kube', flags: Parameters<typeof contextOf>[1], { changes = true, servers = {}, looks = 0 }: { readonly changes?: boolean; readonly servers?: Readonly<Record<string, string | undefined>>; readonly looks?: number } = {}) {
  const processes = scriptProcesses(Array.from({ length: looks }, () => config(servers)));
  const common = { processes, env: {} };
  const tools = {
    processes,
    docker: createDocker(common),
    minikube: createMinikube({ ...common, profile: 'pricectl' }),
    kubectl: (context: string) => createKubectl({ ...common, context }),
    imageLoader: () => undefined,
  };
  try {
    return await contextOf(kind, flags, { tools, changes, maySpeak: false, signal: new AbortController().signal });
  } finally {
    processes.assertUsedUp();
  }
}

test('the minikube target is our own profile', async () => {
  expect(await find('minikube', {})).toBe('pricectl');
  expect(await find('minikube', { context: 'pricectl' })).toBe('pricectl');
  await expect(find('minikube', { context: 'team' })).rejects.toMatchObject({ kind: 'usage', message: expect.stringMatching(/--target kube/) });
});

test('the kube target takes no current context', async () => {
  const servers = { team: 'https://192.0.2.1', other: 'https://192.0.2.2' };
  await expect(find('kube', {}, { servers, looks: 1 })).rejects.toMatchObject({ code: 'PRICECTL_E_NO_CONTEXT_GIVEN', kind: 'usage', hints: ['one of: team, other'] });
  await expect(find('kube', {}, { looks: 1 })).rejects.toMatchObject({ hints: ['the kubeconfig has no context'] });
});

test.each([{ changes: true }, { changes: false }])('an empty context, which kubectl takes for the current one, is none ($changes)', async ({ changes }) => {
  const servers = { team: 'https://192.0.2.1' };
  await expect(find('kube', { context: '' }, { changes, servers, looks: 1 })).rejects.toMatchObject({ code: 'PRICECTL_E_NO_CONTEXT_GIVEN', kind: 'usage' });
});

test('a change of a cluster that is not local is confirmed; a look is not, nor one of a cluster on this machine', async () => {
  const servers = { team: 'https://192.0.2.1', laptop: 'https://127.0.0.1:6443', 'kind-dev': 'https://192.0.2.3', odd: undefined };
  await expect(find('kube', { context: 'team' }, { servers, looks: 1 })).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_CONFIRMED' });
  await expect(find('kube', { context: 'odd' }, { servers, looks: 2 }), 'no server is known of it').rejects.toMatchObject({ code: 'PRICECTL_E_KUBECONFIG', message: expect.stringMatching(/leads nowhere/) });
  expect(await find('kube', { context: 'team', yes: true }, { servers, looks: 1 })).toBe('team');
  expect(await find('kube', { context: 'laptop' }, { servers, looks: 1 })).toBe('laptop');
  expect(await find('kube', { context: 'kind-dev' }, { servers, looks: 1 })).toBe('kind-dev');
  expect(await find('kube', { context: 'team' }, { changes: false })).toBe('team');
});

test('there is nothing to confirm of a context that nobody knows', async () => {
  expect(await find('kube', { context: 'tema' }, { servers: { team: 'https://192.0.2.1' }, looks: 2 })).toBe('tema');
});
