import { describe, expect, test } from 'vitest';
import type { Fault } from '../../test/fakes/cluster/fake-cluster.ts';
import { type Question, rightOf } from '../../test/fakes/cluster/question.ts';
import { exitCodeOf } from '../cli/exit-codes.ts';
import { PricectlError } from '../tools/errors.ts';
import { eachOf, type ServiceOnCluster, startServiceOnCluster } from './on-cluster.fixture.ts';

type Command = 'up' | 'push' | 'down';

async function prepare(service: ServiceOnCluster, command: Command): Promise<void> {
  if (command !== 'up') await service.up();
}

function keyOf(question: Question): string {
  return `${rightOf(question)} ${question.path}`;
}

/** What a run asks for, once each. */
async function record(command: Command): Promise<readonly string[]> {
  await using service = await startServiceOnCluster();
  await prepare(service, command);
  service.cluster.asked.length = 0;
  await service[command]();
  expect(service.cluster.strays).toEqual([]);
  return [...new Set(service.cluster.asked.map(keyOf))];
}

/** What a command comes to when a fault begins at a question and lasts for so many; what fails then is finished afterwards. */
async function runWith(command: Command, at: string, { fault, times }: Outage): Promise<PricectlError | undefined> {
  await using service = await startServiceOnCluster(fault === 'hangs' || fault === 'drips' ? { requestLimitMs: 3_000 } : {});
  await prepare(service, command);
  let left: number | undefined;
  service.cluster.fault = (question) => {
    if (left === undefined && keyOf(question) === at) left = times;
    return left !== undefined && left-- > 0 ? fault : undefined;
  };
  const error: unknown = await service[command]().then(() => undefined, (thrown: unknown) => thrown);
  service.cluster.fault = () => undefined;
  if (error === undefined) return undefined;
  await service.up();
  await service.down();
  expect(await service.left(), at).toEqual([]);
  if (!(error instanceof PricectlError)) throw error;
  expect(error.hints, error.message).not.toEqual([]);
  return error;
}

interface Outage {
  readonly fault: Fault;
  /** For how many questions. */
  readonly times: number;
}

/** Errors of a command by the question at which a fault began; the others went well. */
async function runWithEach(command: Command, outage: Outage, isMeant: (index: number) => boolean): Promise<Readonly<Record<string, string>>> {
  const asked = (await record(command)).filter((_, index) => isMeant(index));
  expect(asked.length).toBeGreaterThan(2);
  const ended = await eachOf(asked, async (at) => [at, await runWith(command, at, outage)] as const);
  return Object.fromEntries(ended.flatMap(([at, error]) => (error === undefined ? [] : [[at, `${exitCodeOf(error)} ${error.code}`] as const])));
}

const busy = { status: 429, reason: 'TooManyRequests', message: 'too many requests, please try again later', retryAfterS: 1 };
const stopping = { status: 503, reason: 'ServiceUnavailable', message: 'apiserver is shutting down', retryAfterS: 1 };
const each = () => true;
const some = (index: number) => index % 7 === 3;

describe('commands wait for an API server that', { timeout: 120_000 }, () => {
  test.each<[string, Command, (index: number) => boolean, Outage]>([
    ['refuses connections for a while, at each question of up', 'up', each, { fault: 'refused', times: 6 }],
    ['refuses connections for a while, at each question of down', 'down', each, { fault: 'refused', times: 6 }],
    ['refuses connections for a while, at questions of prices push', 'push', some, { fault: 'refused', times: 6 }],
    ['is too busy and says when to ask again, at each question of up', 'up', each, { fault: busy, times: 2 }],
    ['is too busy and says when to ask again, at questions of down', 'down', some, { fault: busy, times: 2 }],
    ['loses connections', 'up', some, { fault: 'reset', times: 2 }],
    ['cuts answers off', 'up', some, { fault: 'cut', times: 1 }],
    ['is shutting down', 'up', some, { fault: stopping, times: 2 }],
  ])('%s', async (_, command, isMeant, outage) => {
    expect(await runWithEach(command, outage, isMeant)).toEqual({});
  });

  test('is back and does not know yet who may what', async () => {
    await using service = await startServiceOnCluster();
    const faults: Fault[] = ['refused', { status: 401, reason: 'Unauthorized' }, 'forbidden'];
    service.cluster.fault = (question) => (faults.length < 3 || rightOf(question) === 'patch services' ? faults.shift() : undefined);
    expect(await service.up()).toMatchObject({ replicas: { ready: 3 } });
    expect(faults).toEqual([]);
  });

  test('a change of which nobody knows whether it was made, and that must not be made twice, is not repeated', async () => {
    const at = (await record('up')).find((key) => key.startsWith('patch') && key.includes('metrics-server')) ?? '';
    expect(await runWith('up', at, { fault: 'reset', times: 1 })).toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN' });
    expect(await runWith('up', at, { fault: 'refused', times: 1 })).toBeUndefined();
  });
});

describe('commands end, say why, and can be repeated, when the API server', { timeout: 120_000 }, () => {
  test.each<[string, Outage, string]>([
    ['stays away', { fault: 'refused', times: Infinity }, '3 PRICECTL_E_CLUSTER_DOWN'],
    ['stays too busy', { fault: busy, times: Infinity }, '4 PRICECTL_E_KUBE_API'],
    ['hangs', { fault: 'hangs', times: 1 }, '5 PRICECTL_E_KUBE_TIMEOUT'],
    ['answers byte by byte', { fault: 'drips', times: 1 }, '5 PRICECTL_E_KUBE_TIMEOUT'],
    ['fails inside', { fault: { status: 500, reason: 'InternalError', message: 'etcdserver: request is too large' }, times: 1 }, '4 PRICECTL_E_KUBE_API'],
  ])('%s', async (_, outage, expected) => {
    const errors = Object.values(await runWithEach('up', outage, (index) => index % 9 === 4));
    expect(errors.length).toBeGreaterThan(2);
    expect(new Set(errors)).toEqual(new Set([expected]));
  });
});
