import type { FakeAnswer, FakeCall } from '../fakes/bin/fake-tools.ts';

/** How minikube says what a profile is. */
const statusOf = { Name: 'pricectl', Worker: false } as const;
const running = { ...statusOf, Host: 'Running', Kubelet: 'Running', APIServer: 'Running', Kubeconfig: 'Configured' };

/** Whoever may be asked any number of times: what a repeated look costs is no matter of these tests. */
function often(args: readonly string[], reply: Omit<FakeCall, 'args' | 'times'> = {}): FakeCall {
  return { args, times: 'any', ...reply };
}

/** minikube's version. */
export function minikubeVersion(version = 'v1.38.1'): FakeCall {
  return often(['version', '-o', 'json'], { stdout: JSON.stringify({ commit: 'x', minikubeVersion: version }) });
}

/** What minikube says of a profile that runs. */
export const profileRuns = often(['status', '-o', 'json', '-p', 'pricectl'], { stdout: JSON.stringify(running) });

/** What minikube says of one that runs, where the kubeconfig doesn't lead to it. */
export const profileIsMisconfigured = often(['status', '-o', 'json', '-p', 'pricectl'], { stdout: JSON.stringify({ ...running, Kubeconfig: 'Misconfigured' }), exitCode: 4 });

/** A change of the kubeconfig that leads to the profile. */
export const updateContext: FakeCall = { args: ['update-context', '-p', 'pricectl'] };

/** What minikube says of a profile that isn't there. */
export const noProfile = often(['status', '-o', 'json', '-p', 'pricectl'], { exitCode: 85 });

/** kubectl's own version. */
export function kubectlVersion(version = 'v1.36.3'): FakeCall {
  return often(['version', '--client', '-o', 'json'], { stdout: JSON.stringify({ clientVersion: { gitVersion: version } }) });
}

/** The contexts of the user's kubeconfig, with the URLs of their API servers. */
export function kubeconfig(servers: Readonly<Record<string, string>>): FakeCall {
  const contexts = Object.keys(servers).map((name) => ({ name, context: { cluster: name } }));
  const clusters = Object.entries(servers).map(([name, server]) => ({ name, cluster: { server } }));
  return often(['config', 'view', '-o', 'json'], { stdout: JSON.stringify({ contexts, clusters }) });
}

function proxyArguments(context: string): readonly string[] {
  return ['proxy', '--context', context, '--unix-socket=<any>', '--accept-paths=<any>'];
}

/** kubectl where the kubeconfig has no such context. */
export function noContext(context = 'pricectl'): FakeCall {
  return often(proxyArguments(context), { stderr: `error: context "${context}" does not exist\n`, exitCode: 1 });
}

/** What the API says of something that isn't there. */
export const notFound: FakeAnswer = { status: 404, body: { kind: 'Status', code: 404, reason: 'NotFound', message: 'not found' } };

const container = { name: 'metrics-server', args: ['--metric-resolution=15s'] };

/** What `up` asks the cluster before it applies anything, where nothing is deployed. */
const emptyCluster: Readonly<Record<string, FakeAnswer>> = {
  'GET /version': { body: { gitVersion: 'v1.36.2' } },
  'GET /apis/apps/v1/namespaces/pricectl/deployments/price-api': notFound,
  'GET /api/v1/namespaces/pricectl/configmaps/price-api-prices': notFound,
  'GET /apis/apps/v1/namespaces/kube-system/deployments/metrics-server': { body: { metadata: { name: 'metrics-server' }, spec: { template: { spec: { containers: [container] } } } } },
  'GET /api/v1/nodes': { body: { items: [{ metadata: { name: 'node' }, status: { images: [] } }] } },
};

/** An empty cluster behind kubectl, with other answers to some questions. */
export function cluster(answers: Readonly<Record<string, FakeAnswer>> = {}, context = 'pricectl'): FakeCall {
  return { args: proxyArguments(context), api: { ...emptyCluster, ...answers } };
}

/** An engine that answers. */
export const engineVersion = often(['version', '--format', '{{.Server.Version}}'], { stdout: '29.1.0\n' });

/** docker without an engine. */
export const engineDown = often(['version', '--format', '{{.Server.Version}}'], {
  stderr: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n',
  exitCode: 1,
});

const inspectArguments = ['image', 'inspect', '--format', '{{.Id}} {{.Size}}', 'localhost/price-api:<any>'];

/** An engine that has the image of the service. */
export const imageIsBuilt = often(inspectArguments, { stdout: 'sha256:1 1048576\n' });

/** An engine that hasn't. */
export const imageIsMissing = often(inspectArguments, { stderr: 'Error: No such image: localhost/price-api:1\n', exitCode: 1 });

/** A build of the image. */
export function dockerBuild(reply: Omit<FakeCall, 'args'>): FakeCall {
  return { args: ['build', '--tag', 'localhost/price-api:<any>', '--build-arg', 'BASE_IMAGE=<any>', '--build-arg', 'VERSION=<any>', '<any>'], ...reply };
}

/** A copy of the image into the node. */
export function imageLoad(reply: Omit<FakeCall, 'args'> = {}): FakeCall {
  return { args: ['image', 'load', '--daemon', 'localhost/price-api:<any>', '-p', 'pricectl'], ...reply };
}

/** The node's images: none of ours. */
export const noImages = often(['image', 'ls', '--format', 'json', '-p', 'pricectl'], { stdout: '[]' });

/** A start of the profile. */
export function minikubeStart(reply: Omit<FakeCall, 'args'>): FakeCall {
  const force = process.getuid?.() === 0 ? ['--force'] : [];
  return { args: ['start', '-o', 'json', '--interactive=false', '--keep-context', '--container-runtime=containerd', '--addons=metrics-server', ...force, '-p', 'pricectl'], ...reply };
}
