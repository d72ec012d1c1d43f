import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Question, rightOf } from '../../test/fakes/cluster/question.ts';
import { exitCodeOf } from '../cli/exit-codes.ts';
import { KubeApiError } from '../tools/kube-api.ts';
import { ownLabels } from '../targets/kubernetes/service-objects.ts';
import { eachOf, type ServiceOnCluster, startServiceOnCluster } from './on-cluster.fixture.ts';

type Command = 'up' | 'status' | 'push' | 'logs' | 'down';

/** Rights of the Role that a load test takes, an open port, and what an interrupted `down` has left; test/e2e/access.test.ts goes through these. */
const notAsked = new Set(['create jobs.batch', 'create pods/portforward', 'delete replicasets.apps', 'get pods'].map((right) => `${right} in shop`));

/** What killed commands leave behind: `down` removes it too. */
function leaveBehind({ cluster: { store } }: ServiceOnCluster): void {
  const left = [['/api/v1', 'pods', 'Pod'], ['/apis/batch/v1', 'jobs', 'Job'], ['/apis/k6.io/v1alpha1', 'testruns', 'TestRun']] as const;
  for (const [version, collection, kind] of left) {
    store.put(`${version}/namespaces/shop/${collection}/left`, { apiVersion: 'v1', kind, metadata: { name: 'left', namespace: 'shop', labels: ownLabels('price-api') }, spec: { containers: [] } });
  }
}

/** A command, and what comes before it. */
type Run = readonly [name: string, command: Command, prepare: (service: ServiceOnCluster) => Promise<unknown>];

const runs: readonly Run[] = [
  ['up', 'up', async () => {}],
  ['status', 'status', (service) => service.up()],
  ['prices push', 'push', (service) => service.up()],
  ['logs', 'logs', (service) => service.up()],
  ['down', 'down', async (service) => {
    await service.up();
    leaveBehind(service);
  }],
];

/** A right and where it is wanted: `patch deployments.apps in shop`. */
function keyOf(question: Question): string {
  return `${rightOf(question)}${question.namespace === undefined ? '' : ` in ${question.namespace}`}`;
}

/** All that a run asks for when it may do everything, one of each right. */
async function record([, command, prepare]: Run): Promise<readonly Question[]> {
  await using service = await startServiceOnCluster();
  await prepare(service);
  service.cluster.asked.length = 0;
  await service[command]();
  expect(service.cluster.strays).toEqual([]);
  return [...new Map(service.cluster.asked.map((question) => [keyOf(question), question])).values()];
}

/** A refusal that says who may not do what, and where; the command that asks for it. */
function expectNamed(error: unknown, { verb, right, namespace }: Question): void {
  if (!(error instanceof KubeApiError)) throw error;
  const [resource = '', sub] = right.split('/');
  const plain = `${resource.split('.', 1)[0]}${sub === undefined ? '' : `/${sub}`}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  expect(error.message).toContain(`User "jane" cannot ${verb} resource "${plain}"`);
  expect(error.message).toContain(where);
  expect(error.hints[0]).toBe(`kubectl --context pricectl auth can-i ${verb} ${resource}${sub === undefined ? '' : ` --subresource ${sub}`}${namespace === undefined ? '' : ` --namespace ${namespace}`}`);
  expect(exitCodeOf(error)).toBe(4);
}

/** What a run comes to without one right; the rest of the job is finished with it. */
async function runWithout(question: Question, [, command, prepare]: Run): Promise<unknown> {
  await using service = await startServiceOnCluster();
  await prepare(service);
  service.cluster.fault = (one) => (keyOf(one) === keyOf(question) ? 'forbidden' : undefined);
  const error: unknown = await service[command]().then(() => undefined, (thrown: unknown) => thrown);
  if (command === 'status' || command === 'logs') return error;
  service.cluster.fault = () => undefined;
  await service.up();
  await service.down();
  expect(await service.left(), keyOf(question)).toEqual([]);
  return error;
}

type Outcomes = readonly { readonly question: Question; readonly error: unknown }[];

const known = new Map<Run, Promise<Outcomes>>();

/** A run without each of the rights that it asks for in turn. */
function runWithoutEach(run: Run): Promise<Outcomes> {
  const running = known.get(run) ?? record(run).then((asked) => eachOf(asked, async (question) => ({ question, error: await runWithout(question, run) })));
  known.set(run, running);
  return running;
}

async function outcomesOf(name: string): Promise<Outcomes> {
  const run = runs.find(([one]) => one === name);
  return run === undefined ? [] : runWithoutEach(run);
}

/** Rights without which a run fails. */
async function failing(name: string): Promise<readonly string[]> {
  return (await outcomesOf(name)).filter(({ error }) => error !== undefined).map(({ question }) => keyOf(question));
}

test.each(runs)('%s without one of the rights that it asks for says which, and up and down finish the job with it', { timeout: 60_000 }, async (name) => {
  const outcomes = await outcomesOf(name);
  expect(outcomes.length).toBeGreaterThan(1);
  for (const { question, error } of outcomes) if (error !== undefined) expectNamed(error, question);
});

test('status does without all rights but those on the Deployment and the pods, and down without those on what it only looks at', { timeout: 60_000 }, async () => {
  expect(await failing('status')).toEqual(['get deployments.apps in shop', 'list pods in shop']);
  expect((await failing('down')).filter((key) => !/^(list|delete) .* in shop$/.test(key))).toEqual([]);
});

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Rights that rules of a role grant, as `keyOf` has them. */
function rightsOf({ kind, rules }: { readonly kind: string; readonly rules: readonly Rule[] }): readonly string[] {
  return rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => {
        const [plain, sub] = resource.split('/');
        const right = `${plain}${group === '' ? '' : `.${group}`}${sub === undefined ? '' : `/${sub}`}`;
        return verbs.map((verb) => `${verb} ${right}${kind === 'Role' ? ' in shop' : ''}`);
      }),
    ),
  );
}

test('docs/clusters.md names all rights that these commands need, those that they do without, and no other', { timeout: 60_000 }, async () => {
  const page = await readFile(new URL('../../docs/clusters.md', import.meta.url), 'utf8');
  const section = page.split(/^## /m).find((part) => part.startsWith('Rights')) ?? '';
  const roles: { readonly kind: string; readonly metadata: { readonly name: string }; readonly rules: readonly Rule[] }[] = [...section.matchAll(/```yaml\n([^]*?)```/g)].map(([, text = '']) => parse(text));
  const named = (part: RegExp) => roles.filter(({ metadata }) => part.test(metadata.name)).flatMap(rightsOf).toSorted();
  const all: Outcomes[number][] = [];
  for (const run of runs) all.push(...(await runWithoutEach(run)));
  const needed = new Set(all.filter(({ error }) => error !== undefined).map(({ question }) => keyOf(question)));
  // metrics-server is set on our own minikube alone, and what is no resource may be asked by everybody who may log in.
  const asked = [...new Set(all.map(({ question }) => keyOf(question)))].filter((key) => !/kube-system| \//.test(key)).toSorted();
  expect(named(/^pricectl$/).filter((key) => !notAsked.has(key))).toEqual(asked.filter((key) => needed.has(key)));
  expect(named(/^pricectl-more$/)).toEqual(asked.filter((key) => !needed.has(key)));
});
