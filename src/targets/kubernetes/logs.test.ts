import { expect, test } from 'vitest';
import { createFakeClock } from '../../../test/fakes/fake-clock.ts';
import type { Pod } from '../../tools/kube-objects.ts';
import type { LogLine } from '../target.ts';
import { createFakeService, type FakeService } from './fake-service.fixture.ts';
import { parseStampedLine } from './judge-log-line.ts';
import { readClusterLogs } from './logs.ts';
import { readCase } from './rollout-cases.fixture.ts';

const signal = new AbortController().signal;
const captured = readCase('hpa-stabilized');
const names = captured.pods.map(({ metadata }) => metadata.name);
const [first = '', second = ''] = names;

function logPath({ paths }: FakeService, pod: string, query = ''): string {
  return `${paths.pods}/${pod}/log?container=api&timestamps=true${query}`;
}

async function collect(lines: AsyncIterable<LogLine>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { pod, text } of lines) found.push(`${names.indexOf(pod)} ${text}`);
  return found;
}

test.each([
  ['2026-11-25T18:02:28.123456789Z hello', 1_795_629_748_123_456_789n, 'hello'],
  ['2026-11-25T18:02:28.1Z hello', 1_795_629_748_100_000_000n, 'hello'],
  ['2026-11-25T18:02:28Z ', 1_795_629_748_000_000_000n, ''],
  ['2026-11-25T20:02:28.000000001+02:00 a b', 1_795_629_748_000_000_001n, 'a b'],
  ['2026-11-25T18:02:28.2Z 2026-11-25T18:02:28.199Z listening', 1_795_629_748_200_000_000n, 'listening'],
  ['hello', null, 'hello'],
])('%s is taken apart', (line, timeNs, text) => {
  expect(parseStampedLine(line)).toEqual({ timeNs, text });
});

test('lines of all pods come in order of time', async () => {
  const fake = createFakeService(captured);
  fake.api.answer(logPath(fake, first), { body: '2026-11-25T18:02:01Z a\n2026-11-25T18:02:03Z c\n' });
  fake.api.answer(logPath(fake, second), { body: '2026-11-25T18:02:02.5Z b\n2026-11-25T18:02:04Z d\n' });
  expect(await collect(readClusterLogs(fake.service, { follow: false, signal }))).toEqual(['0 a', '1 b', '0 c', '1 d']);
});

test('only what is young enough is read, and followed', async () => {
  const fake = createFakeService(captured, createFakeClock(Date.parse(captured.capturedAt)));
  const at = (agoMs: number) => new Date(fake.clock.now() - agoMs).toISOString();
  const since = `&sinceTime=${encodeURIComponent(at(1_500))}`;
  fake.api.answer(logPath(fake, first, since), { body: `${at(1_900)} old\n${at(1_000)} young\n` });
  fake.api.answer(logPath(fake, second, since), { body: '' });
  expect(await collect(readClusterLogs(fake.service, { follow: false, sinceMs: 1_500, signal }))).toEqual(['0 young']);
  fake.api.answer(logPath(fake, first, `&follow=true&sinceTime=${encodeURIComponent(at(1_000))}`), { body: '' });
  fake.api.answer(logPath(fake, second, `&follow=true${since}`), { body: `${at(1_900)} old\n${at(500)} younger\n` });
  const found: string[] = [];
  for await (const { text } of readClusterLogs(fake.service, { follow: true, sinceMs: 1_500, signal })) {
    found.push(text);
    if (found.length === 2) break;
  }
  expect(found).toEqual(['young', 'younger']);
});

test('a pod without a log has none, and a log that is gone is none', async () => {
  const failing = readCase('bad-image');
  const fake = createFakeService(failing);
  const { KubeApiError } = await import('../../tools/kube-api.ts');
  const [pod] = failing.pods;
  fake.api.answer(logPath(fake, pod!.metadata.name), { error: new KubeApiError(400, 'BadRequest', 'waiting to start') });
  expect(await collect(readClusterLogs(fake.service, { follow: false, signal }))).toEqual([]);
  fake.api.answer(logPath(fake, pod!.metadata.name), { body: 'unable to retrieve container logs for containerd://17291b' });
  expect(await collect(readClusterLogs(fake.service, { follow: false, signal }))).toEqual([]);
});

test('following goes on from the last line, with pods and restarts that come later', async () => {
  const fake = createFakeService({ ...captured, pods: captured.pods.slice(0, 1) });
  const stop = new AbortController();
  fake.api.answer(logPath(fake, first), { body: '2026-11-25T18:02:01.5Z a\n' });
  fake.api.answer(logPath(fake, first, `&follow=true&sinceTime=${encodeURIComponent('2026-11-25T18:02:01.500Z')}`), { body: '2026-11-25T18:02:01.5Z a\n2026-11-25T18:02:02Z b\n' });
  fake.api.answer(logPath(fake, second, '&follow=true'), { body: '2026-11-25T18:02:03Z c\n' });
  const lines = readClusterLogs(fake.service, { follow: true, signal: stop.signal });
  const next = async () => (await lines.next()).value;
  expect(await next()).toEqual({ pod: first, timeMs: 1_795_629_721_500, text: 'a' });
  expect(await next()).toMatchObject({ pod: first, text: 'b' });
  fake.api.put(fake.paths.pods, captured.pods[1]!);
  expect(await next()).toMatchObject({ pod: second, text: 'c' });
  fake.api.put(fake.paths.pods, captured.pods[1]!);
  await expect.poll(() => fake.api.isCaughtUp(fake.paths.pods)).toBe(true);
  fake.api.answer(logPath(fake, second, `&follow=true&sinceTime=${encodeURIComponent('2026-11-25T18:02:03.000Z')}`), { body: '2026-11-25T18:02:04Z d\n' });
  fake.api.put(fake.paths.pods, restarted(captured.pods[1]!));
  expect(await next()).toMatchObject({ pod: second, text: 'd' });
  const waiting = next();
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});

test('a consumer that stops ends what was started', async () => {
  const fake = createFakeService({ ...captured, pods: captured.pods.slice(0, 1) });
  fake.api.answer(logPath(fake, first), { body: '2026-11-25T18:02:01Z a\n' });
  fake.api.answer(logPath(fake, first, `&follow=true&sinceTime=${encodeURIComponent('2026-11-25T18:02:01.000Z')}`), { body: '2026-11-25T18:02:02Z b\n' });
  for await (const { text } of readClusterLogs(fake.service, { follow: true, signal })) {
    if (text === 'b') break;
  }
  expect(fake.api.watcherCount(fake.paths.pods)).toBe(0);
});

function restarted(pod: Pod): Pod {
  const containerStatuses = pod.status?.containerStatuses?.map((status) => ({ ...status, restartCount: status.restartCount + 1 })) ?? [];
  return { ...pod, status: { ...pod.status, containerStatuses } };
}
