import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { type ClusterHome, type CommandResult, createClusterHome } from './cluster-home.ts';

const why = inject('whyNoCluster');
const guide = fileURLToPath(new URL('../../docs/clusters.md', import.meta.url));

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Rules without one verb of one resource. */
function without(rules: readonly Rule[], verb: string, resource: string): readonly Rule[] {
  return rules.flatMap((rule) => {
    if (!rule.resources.includes(resource)) return [rule];
    const others = { ...rule, resources: rule.resources.filter((name) => name !== resource) };
    const cut = { ...rule, resources: [resource], verbs: rule.verbs.filter((name) => name !== verb) };
    return [others, cut].filter(({ resources, verbs }) => resources.length > 0 && verbs.length > 0);
  });
}

function succeeds({ exitCode, stdout, stderr }: CommandResult): void {
  expect(exitCode, stdout + stderr).toBe(0);
}

/** Namespace `team` was made for the account `dev`, which has there what docs/clusters.md names, and nothing elsewhere. */
describe.skipIf(why !== null)('a user with few rights', { shuffle: false }, () => {
  let home: ClusterHome;
  let image: string;
  let rules: readonly Rule[];

  beforeAll(async () => {
    home = await createClusterHome();
    // What is wanted of it is the image in the node.
    const up = home.start('up', '--min', '1');
    await vi.waitUntil(() => up.stderr().includes(' objects '), { timeout: 240_000, interval: 50 });
    up.kill('SIGTERM');
    await up.result;
    image = await home.kubectl('--namespace', 'pricectl', 'get', 'deployment', 'price-api', '--output=jsonpath={.spec.template.spec.containers[0].image}');
    // Without metrics `up` has nothing to wait for.
    await home.kubectl('delete', 'apiservice', 'v1beta1.metrics.k8s.io');
    await home.kubectl('create', 'namespace', 'team');
    const role = /```yaml\n(?<role>apiVersion: rbac[^]*?)```/.exec(await readFile(guide, 'utf8'))?.groups?.['role'] ?? '';
    await home.kubectl('--namespace', 'team', 'apply', '--filename', await home.write('role.yaml', role));
    rules = JSON.parse(await home.kubectl('--namespace', 'team', 'get', 'role', 'pricectl', '--output=json')).rules;
    await home.kubectl('--namespace', 'team', 'create', 'rolebinding', 'dev', '--role=pricectl', '--serviceaccount=team:dev');
    await signIn('dev');
  }, 600_000);

  afterAll(async () => {
    await home?.[Symbol.asyncDispose]();
  }, 120_000);

  /** Makes an account in the namespace, and a context of its name that signs in by a token of it. */
  async function signIn(account: string): Promise<void> {
    await home.kubectl('--namespace', 'team', 'create', 'serviceaccount', account);
    const token = await home.kubectl('--namespace', 'team', 'create', 'token', account);
    await addContext(account, `--token=${token.trim()}`);
  }

  async function addContext(user: string, ...credentials: string[]): Promise<void> {
    const cluster = await home.kubectl('config', 'view', '--output=jsonpath={.contexts[?(@.name=="pricectl")].context.cluster}');
    await home.kubectl('config', 'set-credentials', user, ...credentials);
    await home.kubectl('config', 'set-context', user, `--cluster=${cluster}`, `--user=${user}`);
  }

  const as = (context: string, ...args: string[]) => home.run(...args, '--target', 'kube', '--context', context, '--namespace', 'team', '--yes', '--json');

  async function grant(granted: readonly Rule[]): Promise<void> {
    await home.kubectl('--namespace', 'team', 'patch', 'role', 'pricectl', '--type=merge', '--patch', JSON.stringify({ rules: granted }));
  }

  async function mayDo(verb: string, resource: string): Promise<boolean> {
    return (await home.tool('kubectl', '--context', 'dev', '--namespace', 'team', 'auth', 'can-i', verb, resource)).exitCode === 0;
  }

  test.each([
    ['get', 'configmaps'],
    ['create', 'services'],
    ['patch', 'networkpolicies'],
    ['watch', 'deployments'],
  ])('without the right to %s %s up fails, and says so', async (verb, resource) => {
    await grant(without(rules, verb, resource));
    await expect.poll(() => mayDo(verb, resource), { timeout: 30_000 }).toBe(false);
    const up = await as('dev', 'up', '--image', image, '--min', '1', '--max', '3');
    expect(up, up.stdout).toMatchObject({ exitCode: 4 });
    const { error } = up.json();
    expect(error).toMatchObject({ code: 'PRICECTL_E_KUBE_API', message: expect.stringContaining(`cannot ${verb} resource "${resource}"`) });
    expect(error.hints[0]).toMatch(new RegExp(`^kubectl --context dev auth can-i ${verb} ${resource}\\b.* --namespace team$`));
  });

  test('with exactly those rights everything works', { timeout: 300_000 }, async () => {
    await grant(rules);
    await expect.poll(() => mayDo('watch', 'deployments'), { timeout: 30_000 }).toBe(true);
    succeeds(await as('dev', 'up', '--image', image, '--min', '1', '--max', '3'));
    succeeds(await as('dev', 'prices', 'push', await home.write('list.txt', 'A,1.50\nB,2\n')));
    expect((await as('dev', 'status')).json()).toMatchObject({ state: 'ready', prices: { rows: 2 } });
    expect((await as('dev', 'price', 'A')).json()).toEqual({ prices: [{ id: 'A', price: '1.50', found: true }] });
    succeeds(await as('dev', 'logs'));
    succeeds(await as('dev', 'autoscaler', 'explain'));
    const load = await as('dev', 'loadtest', '--engine', 'node', '--in-cluster', '--rate', '5/s', '--duration', '2s');
    expect(load.json(), load.stdout).toMatchObject({ verdict: 'passed' });
  });

  test('down without the right to delete a kind names it, and with it leaves nothing', { timeout: 180_000 }, async () => {
    await grant(without(rules, 'delete', 'poddisruptionbudgets'));
    await expect.poll(() => mayDo('delete', 'poddisruptionbudgets'), { timeout: 30_000 }).toBe(false);
    const down = await as('dev', 'down');
    expect(down.json().error, down.stdout).toMatchObject({ exitCode: 4, message: expect.stringContaining('cannot delete resource "poddisruptionbudgets"') });
    await grant(rules);
    await expect.poll(() => mayDo('delete', 'poddisruptionbudgets'), { timeout: 30_000 }).toBe(true);
    succeeds(await as('dev', 'down'));
    const kinds = 'all,configmaps,serviceaccounts,networkpolicies,poddisruptionbudgets,horizontalpodautoscalers';
    expect(await home.kubectl('--namespace', 'team', 'get', kinds, '--selector=app.kubernetes.io/managed-by=pricectl', '--output=name')).toBe('');
    expect(await home.kubectl('get', 'namespace', 'team', '--output=name')).toBe('namespace/team\n');
  });

  test.each([
    ['a certificate that has expired', 'old', async () => addContext('old', ...(await expiredCertificate()))],
    ['a token of an account that is gone', 'gone', async () => {
      await signIn('gone');
      await home.kubectl('--namespace', 'team', 'delete', 'serviceaccount', 'gone');
    }],
  ])('%s is told as that', { timeout: 120_000 }, async (_, context, prepare) => {
    await prepare();
    // The API server remembers for some seconds whom it let in.
    const asked = async () => (await home.tool('kubectl', '--context', context, 'get', '--raw', '/version')).stderr;
    await expect.poll(asked, { timeout: 60_000, interval: 500 }).toMatch(/Unauthorized/);
    for (const command of ['up', 'status', 'down']) {
      const refused = await as(context, command);
      expect(refused.exitCode).toBe(3);
      expect(refused.json().error).toMatchObject({
        code: 'PRICECTL_E_CREDENTIALS',
        message: `can't log in to the cluster of context ${context}: it doesn't accept them (401 Unauthorized): a token or certificate has probably expired`,
        hints: expect.arrayContaining([expect.stringMatching(/log in/)]),
      });
    }
  });

  /** Of the cluster's own authority, whose key lies in its node, and valid for no more than the second in which it was made. */
  async function expiredCertificate(): Promise<readonly string[]> {
    for (const name of ['ca.key', 'ca.crt']) {
      const found = await home.tool('docker', 'exec', 'pricectl', 'sh', '-c', `cat /etc/kubernetes/pki/${name} || cat /var/lib/minikube/certs/${name}`);
      await home.write(name, found.stdout);
    }
    const openssl = async (...args: string[]) => succeeds(await home.tool('openssl', ...args));
    await openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/O=system:masters/CN=old', '-keyout', 'old.key', '-out', 'old.csr');
    await openssl('x509', '-req', '-days', '0', '-in', 'old.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'old.crt');
    return [`--client-certificate=${join(home.folder, 'old.crt')}`, `--client-key=${join(home.folder, 'old.key')}`];
  }
});
