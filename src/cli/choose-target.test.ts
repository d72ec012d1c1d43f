import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scriptProcesses } from '../../test/fakes/scripted-process.ts';
import { createDocker } from '../tools/docker.ts';
import { createMinikube } from '../tools/minikube.ts';
import { chooseKind, identityOn, type TargetChoice } from './choose-target.ts';

const minikubeVersion = { command: ['minikube', 'version', '-o', 'json'] as const, reply: { stdout: '{"minikubeVersion":"v1.38.1"}' } };
const engine = ['docker', 'version', '--format', '{{.Server.Version}}'] as const;

const nothing: TargetChoice = { target: undefined, context: undefined };

/** Chooses on a machine where these services are up and these programs answer. */
async function choose(choice: TargetChoice, up: readonly ('local' | 'minikube')[] = [], script: Parameters<typeof scriptProcesses>[0] = []) {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl choose '));
  try {
    for (const kind of up) await writeFile(join(folder, kind), '');
    const processes = scriptProcesses(script);
    const tools = { minikube: createMinikube({ profile: 'pricectl', processes, env: {} }), docker: createDocker({ processes, env: {} }) };
    const chosen = await chooseKind(choice, { recordOf: (kind) => join(folder, kind), loadTools: async () => tools, signal: new AbortController().signal });
    processes.assertUsedUp();
    return chosen;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('what is asked for counts, whatever is up', async () => {
  expect(await choose({ target: 'kube', context: undefined }, ['local'])).toEqual({ kind: 'kube', reason: 'as asked by --target' });
  expect(await choose({ target: 'local', context: 'team' }, ['minikube'])).toMatchObject({ kind: 'local' });
  expect(await choose({ target: 'auto', context: 'team' }, ['local'])).toEqual({ kind: 'kube', reason: 'as asked by --context' });
});

test.each(['auto', undefined] as const)('with %s it is where the service is up, and no program is asked', async (target) => {
  const choice = { target, context: undefined };
  expect(await choose(choice, ['minikube'])).toEqual({ kind: 'minikube', reason: 'the service is up there' });
  expect(await choose(choice, ['local', 'minikube'])).toMatchObject({ kind: 'local' });
});

test('else minikube where it and an engine answer, else this machine, and it says why', async () => {
  expect(await choose(nothing, [], [{ ...minikubeVersion, reply: 'missing' }])).toEqual({ kind: 'local', reason: expect.stringMatching(/minikube isn't installed.*doctor/) });
  expect(await choose(nothing, [], [{ ...minikubeVersion, reply: { stdout: 'what?' } }])).toEqual({ kind: 'local', reason: expect.stringMatching(/minikube doesn't work.*doctor/) });
  expect(await choose(nothing, [], [minikubeVersion, { command: engine, reply: { exitCode: 1 } }])).toEqual({ kind: 'local', reason: expect.stringMatching(/no Docker engine answers.*doctor/) });
  expect(await choose(nothing, [], [minikubeVersion, { command: engine, reply: { stdout: '29.1.0' } }])).toEqual({ kind: 'minikube', reason: 'minikube and a Docker engine are here' });
});

test('an identity has the names of the flags, or the default ones', () => {
  expect(identityOn('local', null, {})).toEqual({ target: 'local', context: null, namespace: 'pricectl', name: 'price-api' });
  expect(identityOn('kube', 'team', { namespace: 'a', name: 'b' })).toEqual({ target: 'kube', context: 'team', namespace: 'a', name: 'b' });
});
