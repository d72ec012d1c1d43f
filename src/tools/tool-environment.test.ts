import { expect, test } from 'vitest';
import { toolEnvironment } from './tool-environment.ts';

const kept = (tool: Parameters<typeof toolEnvironment>[0], ...names: readonly string[]) =>
  Object.keys(toolEnvironment(tool, Object.fromEntries(names.map((name) => [name, 'x']))));

test.each(['kubectl', 'minikube', 'docker', 'kind', 'k3d', 'k6'] as const)('%s finds its way on any machine, and learns no secret of others', (tool) => {
  const wanted = ['PATH', 'HOME', 'HTTPS_PROXY', 'https_proxy', 'no_proxy', 'LC_ALL', 'SSL_CERT_FILE', 'SSH_AUTH_SOCK', 'XDG_RUNTIME_DIR', 'TMPDIR', 'WSL_INTEROP'];
  const foreign = ['NODE_OPTIONS', 'NPM_TOKEN', 'GITHUB_TOKEN', 'LD_PRELOAD', 'BASH_ENV', 'ENV', 'MY_PATH', 'PATHX'];
  expect(kept(tool, ...wanted, ...foreign)).toEqual(wanted);
});

test('each tool keeps its own settings, and those of what it calls', () => {
  const names = ['KUBECONFIG', 'AWS_PROFILE', 'GOOGLE_APPLICATION_CREDENTIALS', 'AZURE_TENANT_ID', 'DOCKER_HOST', 'MINIKUBE_HOME', 'KIND_EXPERIMENTAL_PROVIDER', 'K3D_FIX_DNS', 'PRICECTL_NAME'];
  expect(kept('kubectl', ...names)).toEqual(['KUBECONFIG', 'AWS_PROFILE', 'GOOGLE_APPLICATION_CREDENTIALS', 'AZURE_TENANT_ID']);
  expect(kept('docker', ...names)).toEqual(['AWS_PROFILE', 'GOOGLE_APPLICATION_CREDENTIALS', 'AZURE_TENANT_ID', 'DOCKER_HOST']);
  expect(kept('minikube', ...names)).toEqual(['KUBECONFIG', 'DOCKER_HOST', 'MINIKUBE_HOME', 'PRICECTL_NAME']);
  expect(kept('kind', ...names)).toEqual(['KUBECONFIG', 'DOCKER_HOST', 'KIND_EXPERIMENTAL_PROVIDER']);
  expect(kept('k3d', ...names)).toEqual(['KUBECONFIG', 'DOCKER_HOST', 'K3D_FIX_DNS']);
});

test('k6 gets nothing that would make another load than the script says', () => {
  const network = ['K6_DNS', 'K6_INSECURE_SKIP_TLS_VERIFY', 'K6_SETUP_TIMEOUT', 'PRICECTL_URL'];
  expect(kept('k6', ...network, 'K6_VUS', 'K6_DURATION', 'K6_ITERATIONS', 'K6_STAGES', 'K6_SUMMARY_TREND_STATS', 'K6_LOG_OUTPUT', 'K6_CLOUD_TOKEN', 'AWS_PROFILE')).toEqual(network);
});

test('a variable without a value stays without one', () => {
  expect(toolEnvironment('kubectl', { HOME: undefined, PATH: '/bin' })).toEqual({ HOME: undefined, PATH: '/bin' });
});
