import { afterEach, expect, test } from 'vitest';
import type { KubeApi } from './kube-api.ts';
import { type Answer, type ApiServer, json, proxyFailure, refusal, startApiServer, status, stream } from './kube-api.fixture.ts';
import { createKubeApi } from './kube-api-client.ts';
import { createKubeConnection } from './kube-api-connection.ts';
import { accessCheck, answerFailure, unreachable } from './kube-api-failures.ts';

const signal = new AbortController().signal;
const pods = '/api/v1/namespaces/shop/pods';
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' }, data: { k: 'ü' } };
const cleanUps: AsyncDisposable[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp[Symbol.asyncDispose]();
});

async function open(...answers: readonly Answer[]): Promise<{ readonly api: KubeApi & AsyncDisposable; readonly server: ApiServer }> {
  const server = await startApiServer(answers);
  const api = createKubeApi({ socketPath: server.socketPath, context: 'test' });
  cleanUps.push(server, api);
  return { api, server };
}

test('reading asks for the path with its selection and returns the JSON', async () => {
  const { api, server } = await open(json({ a: 'ü' }), json({ items: [] }), refusal(404, 'NotFound'), json({ b: 1 }));
  expect(await api.get('/version', signal)).toEqual({ a: 'ü' });
  expect(await api.list(pods, { labelSelector: 'a=b,c!=d', fieldSelector: 'spec.nodeName=x', limit: 3 }, signal)).toEqual({ items: [] });
  expect(await api.find(`${pods}/x`, signal)).toBeUndefined();
  expect(await api.find(`${pods}/y`, signal)).toEqual({ b: 1 });
  expect(server.seen.map(({ method, path, query }) => [method, path, Object.fromEntries(query)])).toEqual([
    ['GET', '/version', {}],
    ['GET', pods, { labelSelector: 'a=b,c!=d', fieldSelector: 'spec.nodeName=x', limit: '3' }],
    ['GET', `${pods}/x`, {}],
    ['GET', `${pods}/y`, {}],
  ]);
  expect(server.seen[0]?.headers['user-agent']).toBe('pricectl');
  expect(server.seen[0]?.headers.host).toBe('localhost');
});

test('changes are sent as the API documents them', async () => {
  const { api, server } = await open(json(configMap), json(configMap), json(configMap, 201), json(configMap), json(configMap), json(configMap), refusal(404, 'NotFound'));
  const path = '/api/v1/namespaces/shop/configmaps';
  expect(await api.apply(`${path}/a`, configMap, { fieldManager: 'me', force: true, signal })).toEqual(configMap);
  await api.apply(`${path}/a`, configMap, { fieldManager: 'me', force: false, dryRun: true, signal });
  await api.create(path, configMap, signal);
  await api.patch(`${path}/a`, { data: null }, signal);
  await api.jsonPatch(`${path}/a`, [{ op: 'remove', path: '/data' }], signal);
  expect(await api.delete(`${path}/a`, signal)).toBe(true);
  expect(await api.delete(`${path}/a`, signal)).toBe(false);
  expect(server.seen.map(({ method, query, headers }) => [method, headers['content-type'], Object.fromEntries(query)])).toEqual([
    ['PATCH', 'application/apply-patch+yaml', { fieldManager: 'me', force: 'true' }],
    ['PATCH', 'application/apply-patch+yaml', { fieldManager: 'me', force: 'false', dryRun: 'All' }],
    ['POST', 'application/json', {}],
    ['PATCH', 'application/merge-patch+json', {}],
    ['PATCH', 'application/json-patch+json', {}],
    ['DELETE', undefined, { propagationPolicy: 'Background' }],
    ['DELETE', undefined, { propagationPolicy: 'Background' }],
  ]);
  expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual(configMap);
  expect(JSON.parse(server.seen[4]?.body ?? '')).toEqual([{ op: 'remove', path: '/data' }]);
});

test('a refusal carries status, reason and the words of the server', async () => {
  const { api } = await open(refusal(409, 'Conflict', 'Apply failed with 1 conflict'), refusal(403, 'Forbidden', 'pods is forbidden'), refusal(401, 'Unauthorized'));
  await expect(api.create(pods, configMap, signal)).rejects.toMatchObject({
    code: 'PRICECTL_E_KUBE_API',
    kind: 'tool',
    status: 409,
    reason: 'Conflict',
    message: 'Apply failed with 1 conflict',
    hints: [],
  });
  await expect(api.list(pods, {}, signal)).rejects.toMatchObject({ status: 403, hints: ['kubectl --context test auth can-i list pods --namespace shop'] });
  await expect(api.get(pods, signal)).rejects.toMatchObject({ code: 'PRICECTL_E_CREDENTIALS', kind: 'environment', message: expect.stringContaining('401'), hints: [expect.stringContaining('log in'), expect.any(String)] });
});

test.each([
  ['GET', `${pods}/x`, 'get pods --namespace shop'],
  ['GET', `${pods}?watch=1`, 'watch pods --namespace shop'],
  ['GET', `${pods}/x/log?follow=true`, 'get pods --subresource log --namespace shop'],
  ['GET', `${pods}/x:80/proxy/metrics`, 'get pods --subresource proxy --namespace shop'],
  ['PATCH', '/apis/apps/v1/namespaces/shop/deployments/a?force=true', 'patch deployments.apps --namespace shop'],
  ['POST', '/api/v1/namespaces', 'create namespaces'],
  ['DELETE', '/api/v1/namespaces/shop', 'delete namespaces'],
  ['GET', '/api/v1/nodes', 'list nodes'],
])('the hint for %s %s asks for that right', (method, path, right) => {
  expect(accessCheck({ context: 'c', method, path })).toBe(`kubectl --context c auth can-i ${right}`);
});

test('an apply that may not create is hinted at as that: it is a PATCH, which may be allowed', async () => {
  const said = 'services "x" is forbidden: User "dev" cannot create resource "services" in API group "" in the namespace "shop"';
  const { api } = await open(refusal(403, 'Forbidden', said));
  const applied = api.apply('/api/v1/namespaces/shop/services/x', configMap, { fieldManager: 'test', force: true, signal });
  await expect(applied).rejects.toMatchObject({ message: said, hints: ['kubectl --context test auth can-i create services --namespace shop'] });
});

test('a path that is no resource has no right to ask for', () => {
  expect(accessCheck({ context: 'c', method: 'GET', path: '/version' })).toBeUndefined();
});

test.each([500, 502, 503])('a cluster behind the proxy that is away is down, not a refusal: %i', async (code) => {
  const { api } = await open(proxyFailure('dial tcp: connection refused', code), proxyFailure('', code));
  await expect(api.get('/version', signal)).rejects.toMatchObject({
    code: 'PRICECTL_E_CLUSTER_DOWN',
    kind: 'environment',
    message: expect.stringContaining('dial tcp: connection refused'),
  });
  await expect(api.text('/api/v1/x', signal)).rejects.toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN' });
});

/** As kubectl 1.32.4 said it on 2026-11-26, but for the last three, which are of the sources. */
test.each([
  ['getting credentials: exec: executable /opt/login failed with exit code 255', 'PRICECTL_E_CREDENTIALS', /login program \/opt\/login failed with exit code 255$/],
  ['getting credentials: exec: executable aws-iam not found\n\nIt looks like you are trying to use a client-go credential plugin that is not installed.', 'PRICECTL_E_CREDENTIALS', /login program aws-iam isn't installed$/],
  ["getting credentials: decoding stdout: couldn't get version/kind; json parse error", 'PRICECTL_E_CREDENTIALS', /decoding stdout/],
  ['tls: failed to verify certificate: x509: certificate signed by unknown authority', 'PRICECTL_E_CLUSTER_DOWN', /can't reach .* unknown authority$/],
  ['tls: failed to verify certificate: x509: certificate has expired or is not yet valid', 'PRICECTL_E_CLUSTER_DOWN', /has expired/],
  ['remote error: tls: expired certificate', 'PRICECTL_E_CREDENTIALS', /refuses the client certificate/],
  ['oauth2: cannot fetch token: 400 Bad Request', 'PRICECTL_E_CREDENTIALS', /oauth2/],
])('what kubectl says of a login: %s', (said, code, words) => {
  const error = unreachable('test', said, { isFinal: false });
  expect(error).toMatchObject({ code, kind: 'environment', message: expect.stringMatching(words) });
  expect(error.message).not.toContain('\n');
  expect(error.hints).not.toEqual([]);
  // Waiting mends none of them.
  expect(error).not.toMatchObject({ isFinal: false });
});

test('an aggregated API that is away is a refusal, for the server itself said so', async () => {
  const { api } = await open((response) => response.writeHead(503, { 'audit-id': '1' }).end('service unavailable\n'));
  await expect(api.get('/apis/metrics.k8s.io/v1beta1/pods', signal)).rejects.toMatchObject({ code: 'PRICECTL_E_KUBE_API', status: 503 });
});

test('a proxy that has ended, before or during a request, is told as down', async () => {
  const { api, server } = await open(json({}), () => void server.kill());
  await api.get('/version', signal);
  await expect(api.get('/version', signal)).rejects.toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN' });
  await expect(api.get('/version', signal)).rejects.toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN', message: expect.stringContaining('kubectl proxy has ended') });
});

test('an answer that is cut is told as down', async () => {
  const { api } = await open((response) => {
    response.writeHead(200, { 'content-length': '100', 'audit-id': '1' }).write('{"a":', () => response.destroy());
  });
  await expect(api.get('/version', signal)).rejects.toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN' });
});

test('a request has its limit, from its start to its last byte', async () => {
  const server = await startApiServer([() => {}, stream(['{'])]);
  const connection = createKubeConnection({ socketPath: server.socketPath, context: 'test' });
  cleanUps.push(server, connection);
  for (const path of ['/never', '/begun']) {
    const asked = connection.send({ method: 'GET', path, timeoutMs: 100, signal });
    await expect(asked).rejects.toMatchObject({ code: 'PRICECTL_E_KUBE_TIMEOUT', kind: 'timeout', message: expect.stringContaining(`GET ${path} within 0.1 s`) });
  }
});

test('the signal ends a request, and its reason is thrown', async () => {
  const abort = new AbortController();
  const { api, server } = await open(() => abort.abort(new Error('enough')));
  await expect(api.get('/version', abort.signal)).rejects.toThrow('enough');
  await expect(api.get('/version', abort.signal)).rejects.toThrow('enough');
  expect(server.seen).toHaveLength(1);
});

test('what a proxied pod answers is returned below 500, and a refusal above', async () => {
  const { api } = await open(
    (response) => response.writeHead(404, { 'audit-id': '1' }).end('nö'),
    refusal(503, 'ServiceUnavailable', 'error trying to reach service'),
  );
  expect(await api.text(`${pods}/x:80/proxy/`, signal)).toEqual({ status: 404, body: 'nö' });
  await expect(api.text(`${pods}/x:80/proxy/`, signal)).rejects.toMatchObject({ status: 503, reason: 'ServiceUnavailable' });
});

test('lines come whole, wherever they were cut, and end with the answer', async () => {
  const bytes = Buffer.from('ä\n\nzwei\u2028\nlast');
  const { api } = await open(stream([...bytes].map((byte) => Buffer.of(byte)), (response) => response.end()));
  const seen: string[] = [];
  for await (const line of api.lines(`${pods}/x/log?follow=true`, signal)) seen.push(line);
  expect(seen).toEqual(['ä', '', 'zwei\u2028', 'last']);
});

test('lines of a connection that is lost end with a failure, refused ones with the refusal', async () => {
  const { api } = await open(stream(['one\ntw'], (response) => response.destroy()), refusal(400, 'BadRequest', 'container is waiting to start'));
  const seen: string[] = [];
  const read = async () => {
    for await (const line of api.lines(`${pods}/x/log`, signal)) seen.push(line);
  };
  await expect(read()).rejects.toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN' });
  expect(seen).toEqual(['one']);
  await expect(read()).rejects.toMatchObject({ status: 400 });
});

test('whoever leaves lines early or aborts them leaves no connection open', async () => {
  const closed: Promise<unknown>[] = [];
  const endless: Answer = (response, request) => {
    closed.push(new Promise((resolve) => response.once('close', resolve)));
    stream(['one\n'])(response, request);
  };
  const { api } = await open(endless, endless);
  for await (const line of api.lines('/a', signal)) {
    expect(line).toBe('one');
    break;
  }
  await closed[0];
  const abort = new AbortController();
  const read = async () => {
    for await (const _line of api.lines('/a', abort.signal)) abort.abort(new Error('enough'));
  };
  await expect(read()).rejects.toThrow('enough');
  await closed[1];
});

test('what is no JSON is told', async () => {
  const { api } = await open((response) => response.writeHead(200, { 'audit-id': '1' }).end('<html>'));
  await expect(api.get('/version', signal)).rejects.toMatchObject({ code: 'PRICECTL_E_KUBE_API', status: 200 });
});

test('disposal ends what is under way', async () => {
  const server = await startApiServer([() => {}]);
  cleanUps.push(server);
  const api = createKubeApi({ socketPath: server.socketPath, context: 'test' });
  const asked = api.get('/version', signal);
  await Promise.all([expect(asked).rejects.toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN' }), server.firstRequest().then(() => api[Symbol.asyncDispose]())]);
});

test('a Status that says little is still told', async () => {
  const { api } = await open(json({ ...status(500, ''), message: '' }, 500));
  await expect(api.get('/version', signal)).rejects.toMatchObject({ status: 500 });
});

test.each(['{"type":"error","status":"401","message":"must authenticate"}', JSON.stringify({ kind: 'Status', code: 401, reason: 'Unauthorized', message: 'Unauthorized' })])(
  'a login that a gateway before the API server refuses is told as that: %s',
  (body) => {
    const failure = answerFailure({ context: 'test', method: 'GET', path: '/version' }, { status: 401, body, isOfServer: false });
    expect(failure).toMatchObject({ code: 'PRICECTL_E_CREDENTIALS', kind: 'environment', hints: [expect.stringContaining('log in'), expect.any(String)] });
  },
);

test.each(['Get "https://k8s.oauth2-proxy.corp/version": dial tcp 10.0.0.1:443: i/o timeout', 'Get "https://x/version": dial tcp: lookup oauth2.example.com: no such host'])(
  'a host that is away is no failed login, whatever its name: %s',
  (said) => {
    expect(unreachable('test', said, { isFinal: false })).toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN', isFinal: false });
  },
);
