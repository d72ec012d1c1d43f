import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createFakeClock } from '../../test/fakes/fake-clock.ts';
import { type Answer, type ApiServer, json, proxyFailure, refusal, startApiServer, status, stream } from './kube-api.fixture.ts';
import { createKubeApi } from './kube-api-client.ts';
import type { KubeObject, WatchEvent } from './kube-objects.ts';

const pods = '/api/v1/namespaces/shop/pods';
const cleanUps: AsyncDisposable[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp[Symbol.asyncDispose]();
});

function pod(name: string, version: string, uid = `uid-${name}`): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, uid, resourceVersion: version } };
}

/** A list as the API gives it: its items have no kind. */
function list(version: string, ...items: readonly KubeObject[]): Answer {
  return json({ kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: version }, items: items.map(({ metadata }) => ({ metadata })) });
}

function event(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

function bookmark(version: string): string {
  return event('BOOKMARK', { kind: 'Pod', apiVersion: 'v1', metadata: { resourceVersion: version } });
}

const end = (response: ServerResponse) => response.end();
const cut = (response: ServerResponse) => response.destroy();

interface Watched {
  readonly server: ApiServer;
  readonly events: readonly string[];
  readonly slept: readonly number[];
  readonly failure: unknown;
}

/** Watches pods until so many events have come, or until it fails. Pauses take no time. */
async function watch(wanted: number, ...answers: readonly Answer[]): Promise<Watched> {
  const server = await startApiServer(answers);
  const clock = createFakeClock();
  const api = createKubeApi({ socketPath: server.socketPath, context: 'test', clock });
  cleanUps.push(server, api);
  const events: string[] = [];
  const abort = new AbortController();
  const note = ({ type, object }: WatchEvent<KubeObject>) => events.push(`${type} ${object.kind} ${object.metadata.name}@${object.metadata.resourceVersion}`);
  const run = async () => {
    for await (const event of api.watch(pods, { labelSelector: 'a=b' }, abort.signal)) if (note(event) === wanted) abort.abort(new Error('enough'));
  };
  const failure: unknown = await run().catch((error: unknown) => error);
  return { server, events, slept: clock.slept, failure };
}

test('the objects come first, then each change from their version on', async () => {
  const seen = await watch(
    4,
    list('10', pod('a', '8')),
    stream([event('ADDED', pod('b', '11')), event('MODIFIED', pod('a', '12')), event('DELETED', pod('b', '13'))]),
  );
  expect(seen.events).toEqual(['ADDED Pod a@8', 'ADDED Pod b@11', 'MODIFIED Pod a@12', 'DELETED Pod b@13']);
  expect(seen.failure).toMatchObject({ message: 'enough' });
  expect(seen.server.seen.map(({ path, query }) => [path, Object.fromEntries(query)])).toEqual([
    [pods, { labelSelector: 'a=b' }],
    [pods, { labelSelector: 'a=b', watch: '1', allowWatchBookmarks: 'true', resourceVersion: '10', timeoutSeconds: '290' }],
  ]);
});

test('events come whole, wherever they were cut, several in a chunk too', async () => {
  const bytes = Buffer.from(event('ADDED', pod('ä', '11')) + event('ADDED', pod('b', '12')));
  const bytewise = await watch(2, list('10'), stream([...bytes].map((byte) => Buffer.of(byte))));
  expect(bytewise.events).toEqual(['ADDED Pod ä@11', 'ADDED Pod b@12']);
  const atOnce = await watch(2, list('10'), stream([bytes]));
  expect(atOnce.events).toEqual(bytewise.events);
});

test.each([
  ['ends in good order', end],
  ['is lost', cut],
])('a watch that %s goes on after the last version that it saw', async (_name, finish) => {
  const seen = await watch(2, list('10'), stream([event('ADDED', pod('a', '11'))], finish), stream([event('ADDED', pod('b', '12'))]));
  expect(seen.events).toEqual(['ADDED Pod a@11', 'ADDED Pod b@12']);
  expect(seen.server.seen.map(({ query }) => query.get('resourceVersion'))).toEqual([null, '10', '11']);
});

test('an event that was cut with its connection is asked for again', async () => {
  const whole = event('ADDED', pod('a', '11'));
  const seen = await watch(1, list('10'), stream([whole.slice(0, 20)], end), stream([whole]));
  expect(seen.events).toEqual(['ADDED Pod a@11']);
  expect(seen.server.seen.map(({ query }) => query.get('resourceVersion'))).toEqual([null, '10', '10']);
});

test('a bookmark moves the version on and is no event', async () => {
  const seen = await watch(1, list('10'), stream([bookmark('99')], end), stream([event('ADDED', pod('a', '100'))]));
  expect(seen.events).toEqual(['ADDED Pod a@100']);
  expect(seen.server.seen[2]?.query.get('resourceVersion')).toBe('99');
});

test.each([
  ['as an event', stream([event('ERROR', status(410, 'Expired'))], end)],
  ['as an answer', refusal(410, 'Gone')],
])('a version that the server has forgotten (%s) is listed afresh, with what vanished, came and changed', async (_name, forgotten) => {
  const seen = await watch(
    9,
    list('10', pod('kept', '1'), pod('changed', '2'), pod('vanished', '3'), pod('remade', '4')),
    forgotten,
    list('20', pod('kept', '1'), pod('changed', '15'), pod('remade', '16', 'uid-other'), pod('new', '17')),
  );
  expect(seen.events.slice(4)).toEqual([
    'DELETED Pod vanished@3',
    'DELETED Pod remade@4',
    'MODIFIED Pod changed@15',
    'ADDED Pod remade@16',
    'ADDED Pod new@17',
  ]);
});

test('nothing comes after an abort, whatever has been read already', async () => {
  const seen = await watch(1, list('10', pod('a', '1'), pod('b', '2')));
  expect(seen.events).toEqual(['ADDED Pod a@1']);
  const later = await watch(1, list('10'), stream([event('ADDED', pod('a', '11')) + event('ADDED', pod('b', '12'))]));
  expect(later.events).toEqual(['ADDED Pod a@11']);
});

test('what was deleted by an event does not vanish again', async () => {
  const seen = await watch(3, list('10', pod('a', '1')), stream([event('DELETED', pod('a', '11'))], end), refusal(410, 'Gone'), list('20', pod('b', '12')));
  expect(seen.events).toEqual(['ADDED Pod a@1', 'DELETED Pod a@11', 'ADDED Pod b@12']);
});

test('a cluster that comes back within 30 s is waited for, with longer and longer pauses', async () => {
  const away = Array.from({ length: 5 }, () => proxyFailure());
  const seen = await watch(2, list('10', pod('a', '1')), stream([], cut), ...away, refusal(429, 'TooManyRequests'), refusal(503, 'ServiceUnavailable'), stream([event('MODIFIED', pod('a', '11'))]));
  expect(seen.events).toEqual(['ADDED Pod a@1', 'MODIFIED Pod a@11']);
  expect(seen.slept).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
});

test('a cluster that stays away for 30 s is down', async () => {
  const seen = await watch(2, list('10', pod('a', '1')), stream([], cut), ...Array.from({ length: 50 }, () => proxyFailure()));
  expect(seen.failure).toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN', kind: 'environment' });
  const waited = seen.slept.reduce((sum, ms) => sum + ms, 0);
  expect(waited).toBeGreaterThanOrEqual(30_000);
  expect(waited).toBeLessThan(36_000);
});

test.each([
  ['was lost', cut],
  ['ended', end],
])('a watch that %s after minutes of silence is taken up again, though the cluster is away for a moment', async (_name, finish) => {
  const clock = createFakeClock();
  const silent = stream([], (response) => {
    void clock.sleep(200_000);
    finish(response);
  });
  const server = await startApiServer([list('10'), silent, proxyFailure(), stream([event('ADDED', pod('a', '11'))])]);
  const api = createKubeApi({ socketPath: server.socketPath, context: 'test', clock });
  cleanUps.push(server, api);
  const next = await api.watch<KubeObject>(pods, {}, new AbortController().signal)[Symbol.asyncIterator]().next();
  expect(next.value).toMatchObject({ type: 'ADDED' });
});

test('a watch that dies of a proxy that has ended says so at once', async () => {
  const server = await startApiServer([list('10'), () => void server.kill()]);
  const clock = createFakeClock();
  const api = createKubeApi({ socketPath: server.socketPath, context: 'test', clock });
  cleanUps.push(server, api);
  const next = api.watch(pods, {}, new AbortController().signal)[Symbol.asyncIterator]().next();
  await expect(next).rejects.toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN', message: expect.stringContaining('kubectl proxy has ended') });
  // A lost connection is taken up again once, and finds nobody.
  expect(clock.slept).toEqual([100]);
});

test.each([
  ['of the list', [refusal(403, 'Forbidden')], 'auth can-i list pods'],
  ['of the watch', [list('10'), refusal(403, 'Forbidden')], 'auth can-i watch pods'],
])('a refusal %s ends it', async (_name, answers, hint) => {
  const seen = await watch(1, ...answers);
  expect(seen.failure).toMatchObject({ status: 403, hints: [expect.stringContaining(hint)] });
  expect(seen.slept).toEqual([]);
});

test.each([401, 403])('an API server that is back and does not know yet who may what (%i) is asked again', async (code) => {
  const early = refusal(code, 'Early');
  const seen = await watch(2, list('10', pod('a', '1')), stream([], cut), proxyFailure(), early, early, stream([event('MODIFIED', pod('a', '11'))]));
  expect(seen.events).toEqual(['ADDED Pod a@1', 'MODIFIED Pod a@11']);
});

test('a right that was taken away meanwhile is missed after 30 s, and at once when the cluster had not been away', async () => {
  const refusals = Array.from({ length: 50 }, () => refusal(403, 'Forbidden'));
  const away = await watch(2, list('10', pod('a', '1')), stream([], cut), proxyFailure(), ...refusals);
  expect(away.failure).toMatchObject({ status: 403 });
  expect(away.slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(30_000);
  const ended = await watch(2, list('10', pod('a', '1')), stream([], cut), stream([], end), ...refusals);
  expect(ended.failure).toMatchObject({ status: 403 });
  expect(ended.slept).toEqual([100, 200]);
});

test('an abort ends a watch that waits, its connection and its pause at once', async () => {
  const closed = Promise.withResolvers<void>();
  const server = await startApiServer([
    list('10', pod('a', '1')),
    (response, request) => {
      response.once('close', closed.resolve);
      stream([])(response, request);
      abort.abort(new Error('enough'));
    },
  ]);
  const abort = new AbortController();
  const api = createKubeApi({ socketPath: server.socketPath, context: 'test' });
  cleanUps.push(server, api);
  const run = async () => {
    for await (const _event of api.watch(pods, {}, abort.signal));
  };
  await expect(run()).rejects.toThrow('enough');
  await closed.promise;
});

test('whoever leaves a watch leaves no connection open', async () => {
  const closed = Promise.withResolvers<void>();
  const server = await startApiServer([
    list('10'),
    (response, request) => {
      response.once('close', closed.resolve);
      stream([event('ADDED', pod('a', '11'))])(response, request);
    },
  ]);
  const api = createKubeApi({ socketPath: server.socketPath, context: 'test' });
  cleanUps.push(server, api);
  for await (const { object } of api.watch(pods, {}, new AbortController().signal)) {
    expect(object.metadata.name).toBe('a');
    break;
  }
  await closed.promise;
});
