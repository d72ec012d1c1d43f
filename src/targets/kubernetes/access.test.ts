import { expect, test, vi } from 'vitest';
import { EnvironmentError, ToolError } from '../../tools/errors.ts';
import { KubeApiError } from '../../tools/kube-api.ts';
import type { KubeObject } from '../../tools/kube-objects.ts';
import { connect, findInside } from './access.ts';
import { createFakeParts, type FakeParts, putObject } from './parts.fixture.ts';
import { servicePaths } from './service-objects.ts';
import { externalUrls } from './service-url.ts';
import { openShell } from './shell.ts';

const signal = new AbortController().signal;
const paths = servicePaths({ namespace: 'shop' });
const service = `${paths.services}/price-api`;

interface FakeWays extends FakeParts {
  /** URLs at which a price server answers. */
  readonly answering: Set<string>;
  /** URLs at which some other server answers. */
  readonly others: Set<string>;
  readonly asked: string[];
  /** What is open now. */
  readonly open: Set<string>;
  /** URL that the cluster's own tool opens. */
  toolUrl: string | undefined;
}

const forwardUrl = 'http://127.0.0.1:40000';

function create(): FakeWays {
  const fake: FakeWays = Object.assign(createFakeParts(), { answering: new Set<string>(), others: new Set<string>(), asked: [], open: new Set<string>(), toolUrl: undefined });
  const opened = (url: string) => {
    fake.open.add(url);
    return { url, async [Symbol.asyncDispose]() { fake.open.delete(url); } };
  };
  Object.assign(fake.parts.service, {
    http: {
      async request(url: string) {
        fake.asked.push(url);
        const base = url.replace(/\/version$/, '');
        if (fake.others.has(base)) return { status: 200, headers: {}, body: '{"version":"1"}' };
        if (!fake.answering.has(base)) throw new EnvironmentError('PRICECTL_E_UNREACHABLE', 'nobody');
        return { status: 200, headers: {}, body: '{"prices":null}' };
      },
    },
    kubectl: { ...fake.parts.service.kubectl, portForward: async () => opened(forwardUrl), argumentsFor: (namespace: string, args: readonly string[]) => ['-n', namespace, ...args] },
  });
  Object.assign(fake.parts.platform, { openUrl: async () => (fake.toolUrl === undefined ? undefined : opened(fake.toolUrl)) });
  return fake;
}

function put(fake: FakeWays, path: string, kind: string, rest: object): void {
  fake.api.objects.set(path, Object.assign(putObject(fake.api, path, kind), rest));
}

function exposed(fake: FakeWays, { nodePort, ingress = [] }: { readonly nodePort?: number; readonly ingress?: readonly object[] } = {}): void {
  put(fake, service, 'Service', { spec: { ports: [{ port: 8_080, ...(nodePort === undefined ? {} : { nodePort }) }] }, status: { loadBalancer: { ingress } } });
}

function node(fake: FakeWays, name: string, ...addresses: readonly (readonly [type: string, address: string])[]): void {
  put(fake, `/api/v1/nodes/${name}`, 'Node', { status: { addresses: addresses.map(([type, address]) => ({ type, address })) } });
}

test('the URLs of a Service: its load balancers, then three nodes', async () => {
  const fake = create();
  expect(await externalUrls(fake.parts.service, signal)).toEqual([]);
  exposed(fake);
  node(fake, 'a', ['InternalIP', '10.0.0.1'], ['Hostname', 'a'], ['ExternalIP', '2001:db8::1']);
  for (const name of ['b', 'c', 'd']) node(fake, name, ['InternalIP', `10.0.0.${name}`]);
  expect(await externalUrls(fake.parts.service, signal), 'a ClusterIP has none').toEqual([]);
  exposed(fake, { nodePort: 30_080, ingress: [{ ip: '192.0.2.1' }, { hostname: 'lb.example.test' }, {}] });
  expect(await externalUrls(fake.parts.service, signal)).toEqual([
    'http://192.0.2.1:8080',
    'http://lb.example.test:8080',
    'http://10.0.0.1:30080',
    'http://[2001:db8::1]:30080',
    'http://10.0.0.b:30080',
    'http://10.0.0.c:30080',
  ]);
});

test('where nodes may not be seen the load balancers are left', async () => {
  const fake = create();
  exposed(fake, { nodePort: 30_080, ingress: [{ ip: '192.0.2.1' }] });
  fake.api.list = async () => {
    throw new KubeApiError(403, 'Forbidden', 'nodes is forbidden');
  };
  expect(await externalUrls(fake.parts.service, signal)).toEqual(['http://192.0.2.1:8080']);
});

test('the first address that leads there is taken, and nothing is opened', async () => {
  const fake = create();
  exposed(fake, { nodePort: 30_080, ingress: [{ ip: '192.0.2.1' }] });
  node(fake, 'a', ['InternalIP', '10.0.0.1']);
  fake.answering.add('http://10.0.0.1:30080');
  fake.others.add('http://192.0.2.1:8080');
  expect(await connect(fake.parts, signal)).toMatchObject({ url: 'http://10.0.0.1:30080', warning: null });
  expect(fake.open.size).toBe(0);
});

test("else as the cluster's own tool opens it, until the end of the connection", async () => {
  const fake = create();
  exposed(fake);
  fake.toolUrl = 'http://127.0.0.1:30000';
  fake.answering.add(fake.toolUrl);
  const connection = await connect(fake.parts, signal);
  expect(connection).toMatchObject({ url: fake.toolUrl, warning: null });
  expect([...fake.open]).toEqual([fake.toolUrl]);
  await connection[Symbol.asyncDispose]();
  expect(fake.open.size).toBe(0);
});

test('else by a port-forward with a warning; what leads nowhere is closed', async () => {
  const fake = create();
  exposed(fake);
  fake.toolUrl = 'http://127.0.0.1:30000';
  fake.answering.add(forwardUrl);
  const connection = await connect(fake.parts, signal);
  expect(connection).toMatchObject({ url: forwardUrl, warning: expect.stringMatching(/one pod/) });
  expect([...fake.open]).toEqual([forwardUrl]);
  await connection[Symbol.asyncDispose]();
  expect(fake.open.size).toBe(0);
});

test("a way that the cluster's own tool can't open leaves the port-forward", async () => {
  const fake = create();
  exposed(fake);
  fake.answering.add(forwardUrl);
  const failing = vi.fn<FakeParts['parts']['platform']['openUrl']>().mockRejectedValueOnce(new ToolError('PRICECTL_E_MINIKUBE', 'no node port'));
  Object.assign(fake.parts.platform, { openUrl: failing });
  expect(await connect(fake.parts, signal)).toMatchObject({ url: forwardUrl });
  failing.mockRejectedValueOnce(new EnvironmentError('PRICECTL_E_TOOL_MISSING', 'no minikube'));
  await expect(connect(fake.parts, signal)).rejects.toThrow('no minikube');
});

test('a forward that nobody answers through is closed', async () => {
  const fake = create();
  exposed(fake);
  await expect(connect(fake.parts, signal)).rejects.toMatchObject({ kind: 'timeout', message: expect.stringMatching(/port-forward/) });
  expect(fake.open.size).toBe(0);
});

test('without a Service there is no way', async () => {
  const fake = create();
  await expect(connect(fake.parts, signal)).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_UP' });
  expect(fake.asked).toEqual([]);
});

function deployed(fake: FakeWays): void {
  exposed(fake);
  const containers = [{ name: 'sidecar', image: 'b:1' }, { name: 'api', image: 'a:1' }];
  put(fake, `${paths.deployments}/price-api`, 'Deployment', { spec: { template: { spec: { containers } } } });
}

test('the service as its cluster sees it', async () => {
  const fake = create();
  await expect(findInside(fake.parts, signal)).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_UP' });
  deployed(fake);
  expect(await findInside(fake.parts, signal)).toMatchObject({ image: 'a:1', url: 'http://price-api:8080' });
});

test.each([undefined, 'busybox:1'])('a shell is a restricted pod of the service, which is gone at the end (image %s)', async (image) => {
  const fake = create();
  await expect(openShell(fake.parts, image, signal)).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_UP' });
  deployed(fake);
  const shell = await openShell(fake.parts, image, signal);
  const [, namespace, run, pod = ''] = shell.args;
  expect([shell.file, namespace, run, shell.url]).toEqual(['kubectl', 'shop', 'run', 'http://price-api:8080']);
  expect(shell.args).toEqual(expect.arrayContaining(['--rm', '--restart=Never', `--image=${image ?? 'a:1'}`]));
  const overrides: KubeObject & { readonly spec: object } = JSON.parse(shell.args.at(-1)?.replace('--overrides=', '') ?? '');
  expect(overrides).toMatchObject({
    metadata: { labels: { 'app.kubernetes.io/managed-by': 'pricectl', 'app.kubernetes.io/instance': 'price-api', 'app.kubernetes.io/component': 'shell' } },
    spec: {
      automountServiceAccountToken: false,
      containers: [{ name: pod, image: image ?? 'a:1', securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }, env: [{ name: 'PRICECTL_URL', value: shell.url }] }],
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    },
  });
  putObject(fake.api, `${paths.pods}/${pod}`, 'Pod');
  await shell[Symbol.asyncDispose]();
  expect(fake.api.objects.has(`${paths.pods}/${pod}`)).toBe(false);
  await shell[Symbol.asyncDispose]();
});

test('a pod of a shell that can not be removed in time is named', async () => {
  const fake = create();
  deployed(fake);
  const shell = await openShell(fake.parts, undefined, signal);
  const late = AbortSignal.abort(new DOMException('', 'TimeoutError'));
  fake.api.delete = async (_, limit) => {
    limit.throwIfAborted();
    return true;
  };
  vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(late);
  await expect(shell[Symbol.asyncDispose]()).rejects.toMatchObject({ kind: 'timeout', message: expect.stringMatching(/price-api-shell-\w+ may still be there/) });
});
