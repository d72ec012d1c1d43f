import { expect, test } from 'vitest';
import { createFakeClock } from '../../../test/fakes/fake-clock.ts';
import { EnvironmentError } from '../../tools/errors.ts';
import { type KubeApi, KubeApiError } from '../../tools/kube-api.ts';
import { createFakeOperatorCluster, endedPod, podOf } from './cluster.fixture.ts';
import { followRunnerLog } from './runner-log.ts';

const down = new EnvironmentError('PRICECTL_E_CLUSTER_DOWN', 'lost');
const stamp = (second: number, fraction: string) => `2026-11-25T19:00:0${second}.${fraction}Z`;

/** One connection: its lines, and what it ends with. */
type Connection = readonly [lines: readonly string[], error?: Error];

/** Reads a log that needs these connections; the pod ends with the last of them. */
async function follow(connections: readonly Connection[]): Promise<{ readonly lines: readonly string[]; readonly paths: readonly string[]; readonly ms: number }> {
  const clock = createFakeClock();
  const { api } = createFakeOperatorCluster(() => clock.now());
  const paths: string[] = [];
  let made = 0;
  const log: KubeApi['lines'] = async function* log(path) {
    paths.push(path);
    const [lines, error] = connections[Math.min(made, connections.length - 1)] ?? [[]];
    made += 1;
    yield* lines;
    if (error !== undefined) throw error;
  };
  // oxlint-disable-next-line typescript/no-explicit-any -- as the API has it
  const find = async (): Promise<any> => (made < connections.length ? podOf('x', { running: {} }) : endedPod('x', 0));
  Object.assign(api, { lines: log, find });
  const lines: string[] = [];
  for await (const line of followRunnerLog({ api, clock, podPath: '/api/v1/namespaces/n/pods/x', signal: new AbortController().signal })) lines.push(line);
  return { lines, paths, ms: clock.now() };
}

test('a connection that is lost is made again, and no line comes twice', async () => {
  const first = [`${stamp(1, '1')} a`, `${stamp(1, '2')} b`, `${stamp(1, '2')} b`];
  const { lines, paths } = await follow([[first, down], [[...first, `${stamp(1, '2')} b`, `${stamp(2, '0')} c`]]]);
  expect(lines).toEqual(['a', 'b', 'b', 'b', 'c']);
  expect(paths[0]).toBe('/api/v1/namespaces/n/pods/x/log?container=k6&follow=true&timestamps=true');
  expect(new URLSearchParams(paths[1]?.split('?')[1]).get('sinceTime')).toBe('2026-11-25T19:00:01.000Z');
});

test('a log that ends before its pod is read on, and once more after the end of the pod', async () => {
  const { lines, paths } = await follow([[[`${stamp(1, '1')} a`]], [[`${stamp(1, '1')} a`, `${stamp(3, '5')} b`]]]);
  expect(lines).toEqual(['a', 'b']);
  expect(paths).toHaveLength(3);
});

test('a container whose log is gone says so in its log, which is no line', async () => {
  expect(await follow([[['unable to retrieve container logs for containerd://x']]])).toMatchObject({ lines: [] });
});

test('a pod that is gone has no more log', async () => {
  const { lines, ms } = await follow([[[`${stamp(1, '1')} a`], new KubeApiError(404, 'NotFound', 'no such pod')]]);
  expect(lines).toEqual(['a']);
  expect(ms).toBe(0);
});

test('a cluster that stays away is waited for for a minute', async () => {
  const { ms } = await follow([[[], down], [[], down]]);
  expect(ms).toBe(60_000);
});
