import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownLabels } from '../../src/targets/kubernetes/service-objects.ts';
import { type FakeCall, type FakeTools, installFakeTools } from '../fakes/bin/fake-tools.ts';
import {
  cluster,
  dockerBuild,
  engineDown,
  engineVersion,
  imageIsBuilt,
  imageIsMissing,
  imageLoad,
  kubeconfig,
  kubectlVersion,
  minikubeStart,
  minikubeVersion,
  noContext,
  noImages,
  noProfile,
  notFound,
  profileIsMisconfigured,
  profileRuns,
  updateContext,
} from './cluster-fakes.ts';
import { type CliResult, createSandbox, type Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

type Scripts = Readonly<Record<string, readonly FakeCall[]>>;

/** What is to come of a command. */
interface Fault {
  readonly exitCode: number;
  readonly code: string;
  readonly words: RegExp;
  /** At least one hint matches; without it, there is one. */
  readonly hint?: RegExp;
}

async function run(fakes: FakeTools, args: readonly string[]): Promise<CliResult> {
  return sandbox.run(args, { env: { PATH: fakes.path, PRICECTL_TARGET: 'auto' } });
}

/** A process that ended takes a moment to be gone. */
async function expectNothingLeft(fakes: FakeTools): Promise<void> {
  await expect.poll(() => fakes.running(), { timeout: 1_000 }).toEqual([]);
}

/** Runs a command that fails: one error object, all scripted calls made and no other, nothing left running. */
async function expectFault(scripts: Scripts, args: readonly string[], { exitCode, code, words, hint = /./ }: Fault): Promise<void> {
  await using fakes = await installFakeTools(scripts);
  const result = await run(fakes, [...args, '--json']);
  expect(result, result.stdout).toMatchObject({ exitCode, stderr: '' });
  const { error } = result.json();
  expect(error).toMatchObject({ code, exitCode, message: expect.stringMatching(words), hints: expect.arrayContaining([expect.stringMatching(hint)]) });
  await fakes.assertUsedUp();
  await expectNothingLeft(fakes);
}

const up = ['up', '--target', 'minikube'];
/** Tools of a machine where nothing was brought up. */
const minikube = [minikubeVersion(), noProfile];
const kubectl = [kubectlVersion(), noContext()];

test.each<[string, Scripts, Fault]>([
  ['no minikube', { kubectl, docker: [] }, { exitCode: 3, code: 'PRICECTL_E_TOOL_MISSING', words: /^minikube isn't installed/, hint: /install/ }],
  ['a minikube that is too old', { kubectl, minikube: [minikubeVersion('v1.31.2'), noProfile] }, { exitCode: 3, code: 'PRICECTL_E_TOO_OLD', words: /^minikube 1\.31\.2 is too old/, hint: /minikube\.sigs/ }],
  ['no kubectl', { minikube }, { exitCode: 3, code: 'PRICECTL_E_TOOL_MISSING', words: /^kubectl isn't installed/, hint: /kubernetes\.io/ }],
  ['a kubectl that is too old', { minikube, kubectl: [kubectlVersion('v1.27.1'), noContext()] }, { exitCode: 3, code: 'PRICECTL_E_TOO_OLD', words: /^kubectl 1\.27\.1 is too old/ }],
  ['no Docker engine', { minikube, kubectl, docker: [engineDown] }, { exitCode: 3, code: 'PRICECTL_E_DOCKER_DOWN', words: /Docker engine/, hint: /start Docker/ }],
])('up with %s ends before anything is started', async (_, scripts, fault) => expectFault(scripts, up, fault));

test('people read one line and hints', async () => {
  await using fakes = await installFakeTools({ minikube, kubectl, docker: [engineDown] });
  const { exitCode, stdout, stderr } = await run(fakes, up);
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  const lines = stderr.trimEnd().split('\n');
  const first = lines.findIndex((line) => line.startsWith('Error: '));
  expect(lines[first - 1]).toMatch(/✖ cluster/);
  expect(lines.slice(first + 1)).toEqual([expect.stringMatching(/^ {2}try: /), expect.stringMatching(/^ {2}try: /)]);
});

describe("a profile that runs, in a home whose kubeconfig doesn't lead to it", () => {
  const tools = { minikube: [minikubeVersion(), profileIsMisconfigured], kubectl: [kubectlVersion(), noContext()] };

  test('down says what is wrong when it stays so, and never that there is nothing', () => {
    const scripts = { ...tools, minikube: [...tools.minikube, updateContext] };
    return expectFault(scripts, ['down', '--target', 'minikube'], { exitCode: 3, code: 'PRICECTL_E_NO_CONTEXT', words: /^the kubeconfig has no context pricectl$/ });
  });

  test('up reads what runs there before it changes anything', () => {
    const deployment = { body: { metadata: { name: 'price-api', labels: ownLabels('price-api'), annotations: {} } } };
    const found = cluster({ 'GET /apis/apps/v1/namespaces/pricectl/deployments/price-api': deployment });
    const scripts = { minikube: [...tools.minikube, updateContext], kubectl: [kubectlVersion(), { ...noContext(), times: 1 }, found] };
    return expectFault(scripts, up, { exitCode: 3, code: 'PRICECTL_E_SETTINGS_UNREADABLE', words: /^what price-api runs with can't be read/ });
  });

  test('status says so, and what mends it', async () => {
    await using fakes = await installFakeTools(tools);
    const { exitCode, stdout } = await run(fakes, ['status', '--target', 'minikube']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringMatching(/the kubeconfig doesn't lead to the cluster pricectl; pricectl up mends it/) });
    expect(stdout).not.toMatch(/not up/);
    await fakes.assertUsedUp();
  });
});

function event(data: Readonly<Record<string, string>>): string {
  return `${JSON.stringify({ specversion: '1.0', type: 'io.k8s.sigs.minikube.error', data })}\n`;
}

test('a minikube start that fails tells its own advice', () => {
  const advice = 'Add your user to the docker group';
  const stdout = event({ message: 'not this one' }) + event({ exitcode: '57', message: 'permission denied', name: 'PROVIDER_DOCKER_NEWGRP', advice, url: 'https://example.test/docs' });
  const scripts = { minikube: [...minikube, minikubeStart({ stdout, exitCode: 57 })], kubectl, docker: [engineVersion] };
  return expectFault(scripts, up, { exitCode: 3, code: 'PRICECTL_E_MINIKUBE', words: /^minikube start failed: permission denied \(PROVIDER_DOCKER_NEWGRP, exit code 57\)$/, hint: /docker group/ });
});

test('a build that fails tells its last lines', () => {
  const stderr = `${Array.from({ length: 30 }, (_, index) => `step ${index + 1}`).join('\n')}\nERROR: failed to solve: no space left\n`;
  const scripts = { minikube: [minikubeVersion(), profileRuns], kubectl: [kubectlVersion(), cluster()], docker: [imageIsMissing, dockerBuild({ stderr, exitCode: 1 })] };
  return expectFault(scripts, up, { exitCode: 4, code: 'PRICECTL_E_IMAGE_BUILD', words: /step 30\n +ERROR: failed to solve: no space left$/, hint: /docker pull/ });
});

test('a load that silently loaded nothing is found out', () => {
  const scripts = { minikube: [minikubeVersion(), profileRuns, noImages, imageLoad()], kubectl: [kubectlVersion(), cluster()], docker: [imageIsBuilt] };
  return expectFault(scripts, up, { exitCode: 4, code: 'PRICECTL_E_IMAGE_NOT_LOADED', words: /the node doesn't have it/, hint: /df -h/ });
});

test('a kubectl proxy that is gone in the middle of up', () => {
  const scripts = { minikube: [minikubeVersion(), profileRuns], kubectl: [kubectlVersion(), cluster({ 'GET /api/v1/nodes': 'dies' })], docker: [imageIsBuilt] };
  return expectFault(scripts, up, { exitCode: 3, code: 'PRICECTL_E_CLUSTER_DOWN', words: /^can't reach the cluster of context pricectl/, hint: /cluster-info/ });
});

describe('Ctrl-C', () => {
  const hangs = { hangs: true } as const;
  const tools = { minikube: [minikubeVersion(), profileRuns, noImages], docker: [imageIsBuilt] };
  const asking = (question: string) => ({ ...tools, kubectl: [kubectlVersion(), cluster({ [question]: 'hangs' })] });

  test.each<[string, Scripts, string, (readonly string[])?]>([
    ['cluster', { minikube: [...minikube, minikubeStart(hangs)], kubectl, docker: [engineVersion] }, 'minikube start'],
    ['metrics', asking('GET /apis/apps/v1/namespaces/kube-system/deployments/metrics-server'), 'GET /apis/apps/v1/namespaces/kube-system/deployments/metrics-server'],
    ['image build', { ...tools, docker: [imageIsMissing, dockerBuild(hangs)], kubectl: [kubectlVersion(), cluster()] }, 'docker build'],
    ['image load', { ...tools, minikube: [...tools.minikube, imageLoad(hangs)], kubectl: [kubectlVersion(), cluster()] }, 'minikube image load'],
    ['objects', { ...asking('GET /api/v1/namespaces/pricectl'), docker: [] }, 'GET /api/v1/namespaces/pricectl', ['--image', 'registry.example.com/price-api:1']],
  ])('in the step %s ends all that was started, and the next up is not locked out', async (_, scripts, reached, flags = []) => {
    await using fakes = await installFakeTools(scripts);
    const command = sandbox.start([...up, ...flags, '--json'], { env: { PATH: fakes.path } });
    const seen = async () => [...(await fakes.calls()).map((words) => words.join(' ')), ...(await fakes.questions())];
    await expect.poll(seen, { timeout: 20_000, interval: 50 }).toContainEqual(expect.stringMatching(new RegExp(`^${reached}( |$)`)));
    command.kill('SIGINT');
    const ended = await command.result;
    expect(ended, ended.stderr).toMatchObject({ exitCode: 130 });
    expect(ended.json().error).toMatchObject({ code: 'PRICECTL_E_INTERRUPTED' });
    await fakes.assertUsedUp();
    await expectNothingLeft(fakes);
    expect((await sandbox.run([...up, '--json'], { env: { PATH: '' } })).json().error).toMatchObject({ code: 'PRICECTL_E_TOOL_MISSING' });
  });
});

describe('--target kube', () => {
  const contexts = kubeconfig({ team: 'https://192.0.2.1:6443', laptop: 'https://127.0.0.1:6443' });
  const kube = ['up', '--target', 'kube'];

  test.each<[string, readonly string[], Scripts, Fault]>([
    ['without a context', [], { kubectl: [contexts] }, { exitCode: 2, code: 'PRICECTL_E_NO_CONTEXT_GIVEN', words: /--context/, hint: /^one of: team, laptop$/ }],
    ['with a context that nobody knows', ['--context', 'tema'], { kubectl: [contexts, noContext('tema')] }, { exitCode: 3, code: 'PRICECTL_E_NO_CONTEXT', words: /no context tema/, hint: /get-contexts/ }],
    ["with a context that isn't local", ['--context', 'team'], { kubectl: [contexts] }, { exitCode: 2, code: 'PRICECTL_E_NOT_CONFIRMED', words: /team isn't a local cluster/, hint: /--yes/ }],
    ['with that as a dry run, which changes nothing', ['--context', 'team', '--dry-run'], { kubectl: [kubectlVersion(), cluster({}, 'team')] }, { exitCode: 3, code: 'PRICECTL_E_TOOL_MISSING', words: /^docker isn't installed/ }],
    ['with that and --yes', ['--context', 'team', '--yes'], { kubectl: [contexts, kubectlVersion(), cluster({}, 'team')], docker: [imageIsBuilt] }, { exitCode: 3, code: 'PRICECTL_E_NO_REGISTRY', words: /the nodes of team/, hint: /--registry/ }],
    ['with one that is local', ['--context', 'laptop'], { kubectl: [contexts, kubectlVersion(), cluster({}, 'laptop')], docker: [imageIsBuilt] }, { exitCode: 3, code: 'PRICECTL_E_NO_REGISTRY', words: /the nodes of laptop/ }],
  ])('%s', (_, flags, scripts, fault) => expectFault(scripts, [...kube, ...flags], fault));

  test('without --yes people are told too, and a look needs none', async () => {
    await using fakes = await installFakeTools({ kubectl: [contexts, cluster({ 'GET /api/v1/namespaces/pricectl/services/price-api': notFound }, 'team')] });
    expect(await run(fakes, [...kube, '--context', 'team'])).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^Error: team isn't a local cluster: changing it needs --yes\n {2}try: add --yes/) });
    expect(await run(fakes, ['price', 'P124', '--target', 'kube', '--context', 'team'])).toMatchObject({ exitCode: 3 });
  });
});

test('auto is this machine without minikube or an engine, else minikube', async () => {
  const machines: readonly (readonly [string, Scripts])[] = [
    ['local', {}],
    ['local', { minikube, docker: [engineDown] }],
    ['minikube', { minikube, docker: [engineVersion], kubectl }],
  ];
  for (const [target, scripts] of machines) {
    await using fakes = await installFakeTools(scripts);
    expect((await run(fakes, ['status', '--json'])).json()).toMatchObject({ state: 'absent', target });
  }
});
