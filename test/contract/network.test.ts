import { expect, test } from 'vitest';
import { loadJob } from '../../src/targets/kubernetes/manifest-load-job.ts';
import { testRun } from '../../src/targets/kubernetes/manifest-test-run.ts';
import type { PricesDelivery } from '../../src/targets/kubernetes/manifest-values.ts';
import { ofKind, renderExample, valueAt } from '../../src/targets/kubernetes/manifests.fixture.ts';
import { ownLabels } from '../../src/targets/kubernetes/service-objects.ts';
import { type Flow, type Party, passes, type Policy } from '../network-policy.ts';

/** A party by what it is. */
type Cast = Readonly<Record<string, Party>>;

function pod(ip: string, namespace: string, labels: unknown, more: Partial<NonNullable<Party['pod']>> = {}): Party {
  return { ip, pod: { namespace, labels: Object.fromEntries(Object.entries(Object(labels)).map(([key, value]) => [key, String(value)])), ...more } };
}

const a = pod('10.0.0.1', 'a', { app: 'a' }, { ports: [{ name: 'web', containerPort: 80 }] });
const b = pod('10.0.0.2', 'a', { app: 'b' });
const c = pod('10.0.1.3', 'c', { app: 'b' }, { namespaceLabels: { team: 'x' } });
const outside: Party = { ip: '203.0.113.5' };

function policy(spec: Omit<Policy['spec'], 'podSelector'> & Partial<Policy['spec']>): Policy {
  return { metadata: { namespace: 'a' }, spec: { podSelector: { matchLabels: { app: 'a' } }, ...spec } };
}

const toWeb: Omit<Flow, 'from'> = { to: a, protocol: 'TCP', port: 80 };

/** The rules of https://kubernetes.io/docs/concepts/services-networking/network-policies/, one each. */
test.each<[string, boolean, readonly Policy[], Flow]>([
  ['no policy isolates nobody', true, [], { from: outside, ...toWeb }],
  ['a policy of another namespace selects nobody here', true, [{ ...policy({}), metadata: { namespace: 'c' } }], { from: b, ...toWeb }],
  ['no rule lets nobody in', false, [policy({ policyTypes: ['Ingress'] })], { from: b, ...toWeb }],
  ['nor from outside', false, [policy({ ingress: [] })], { from: outside, ...toWeb }],
  ['who it does not select is free', true, [policy({ policyTypes: ['Ingress', 'Egress'] })], { from: c, to: b, protocol: 'TCP', port: 80 }],
  ['an empty selector selects all', false, [policy({ podSelector: {} })], { from: c, to: b, protocol: 'TCP', port: 80 }],
  ['ingress says nothing of egress', true, [policy({ policyTypes: ['Ingress'] })], { from: a, to: outside, protocol: 'TCP', port: 443 }],
  ['without types no egress rule is no isolation', true, [policy({ egress: [] })], { from: a, to: outside, protocol: 'TCP', port: 443 }],
  ['without types an egress rule isolates', false, [policy({ egress: [{ ports: [{ port: 53 }] }] })], { from: a, to: outside, protocol: 'TCP', port: 443 }],
  ['an empty rule lets all in', true, [policy({ ingress: [{}] })], { from: outside, ...toWeb }],
  ['rules of several policies add up', true, [policy({ policyTypes: ['Ingress'] }), policy({ ingress: [{}] })], { from: outside, ...toWeb }],
  ['a pod selector is of the same namespace', true, [policy({ ingress: [{ from: [{ podSelector: { matchLabels: { app: 'b' } } }] }] })], { from: b, ...toWeb }],
  ['and of no other', false, [policy({ ingress: [{ from: [{ podSelector: { matchLabels: { app: 'b' } } }] }] })], { from: c, ...toWeb }],
  ['a namespace selector means all of its pods', true, [policy({ ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'x' } } }] }] })], { from: c, ...toWeb }],
  ['by its name too', true, [policy({ ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'c' } } }] }] })], { from: c, ...toWeb }],
  ['both in one entry must hold', false, [policy({ ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'x' } }, podSelector: { matchLabels: { app: 'a' } } }] }] })], { from: c, ...toWeb }],
  ['of two entries one is enough', true, [policy({ ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'x' } } }, { podSelector: { matchLabels: { app: 'z' } } }] }] })], { from: c, ...toWeb }],
  ['a block holds an address', true, [policy({ ingress: [{ from: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }] })], { from: outside, ...toWeb }],
  ['but for its exceptions', false, [policy({ ingress: [{ from: [{ ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.4/30'] } }] }] })], { from: outside, ...toWeb }],
  ['a port by its name is that of who is spoken to', true, [policy({ ingress: [{ ports: [{ port: 'web' }] }] })], { from: b, ...toWeb }],
  ['and no other of its', false, [policy({ ingress: [{ ports: [{ port: 'web' }] }] })], { from: b, to: a, protocol: 'TCP', port: 81 }],
  ['a range ends', false, [policy({ ingress: [{ ports: [{ port: 80, endPort: 90 }] }] })], { from: b, to: a, protocol: 'TCP', port: 91 }],
  ['a range is whole', true, [policy({ ingress: [{ ports: [{ port: 80, endPort: 90 }] }] })], { from: b, to: a, protocol: 'TCP', port: 90 }],
  ['a port without a protocol is TCP', false, [policy({ ingress: [{ ports: [{ port: 80 }] }] })], { from: b, to: a, protocol: 'UDP', port: 80 }],
  ['both ends must let it pass', false, [policy({ ingress: [{}] }), policy({ podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['b'] }] }, policyTypes: ['Egress'] })], { from: b, ...toWeb }],
  ['NotIn selects who lacks the label', false, [policy({ podSelector: { matchExpressions: [{ key: 'x', operator: 'NotIn', values: ['y'] }, { key: 'x', operator: 'DoesNotExist' }, { key: 'app', operator: 'Exists' }] } })], { from: b, ...toWeb }],
  ['a pod reaches itself', true, [policy({ policyTypes: ['Ingress', 'Egress'] })], { from: a, ...toWeb }],
])('the evaluator knows: %s', (_, isLet, policies, flow) => expect(passes(policies, flow)).toBe(isLet));

const file: PricesDelivery = { kind: 'text', text: 'A,1\n', data: { rows: 1, bytes: 4, sha256: 'ab' } };

/** All that two services of ours make in a namespace, one with a file and one with a URL, and who else is in the cluster. */
async function cluster(url: string) {
  const services = [
    { name: 'price-api', manifests: await renderExample({ prices: file }) },
    { name: 'other', manifests: await renderExample({ name: 'other', prices: { kind: 'url', url } }) },
  ];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a NetworkPolicy is one
  const policies = services.map(({ manifests }) => ofKind(manifests, 'NetworkPolicy') as unknown as Policy);
  const servers = services.map(({ name, manifests }, index) => {
    const template = 'spec.template';
    const ports = [{ name: 'http', containerPort: Number(valueAt(ofKind(manifests, 'Deployment'), `${template}.spec.containers.0.ports.0.containerPort`)) }];
    return [name, pod(`10.0.2.${index}`, 'shop', valueAt(ofKind(manifests, 'Deployment'), `${template}.metadata.labels`), { ports })] as const;
  });
  const identity = { namespace: 'shop', name: 'price-api' };
  const run = testRun({ identity, suffix: 'abcde', parallelism: 1, files: new Map([['main.js', '']]), env: {}, args: [], hasArgs: true, keepsSamples: false });
  const k6 = (role: string) => ({ ...Object(valueAt(run, `spec.${role}.metadata.labels`)), app: 'k6', k6_cr: 'x', runner: String(role === 'runner') });
  const cast: Cast = {
    ...Object.fromEntries(servers),
    'load job': pod('10.0.2.10', 'shop', valueAt(loadJob({ identity, suffix: 'abcde', image: 'x', request: '', seconds: 1 }), 'spec.template.metadata.labels')),
    runner: pod('10.0.2.11', 'shop', k6('runner')),
    initializer: pod('10.0.2.12', 'shop', k6('initializer')),
    starter: pod('10.0.2.13', 'shop', k6('starter')),
    shell: pod('10.0.2.14', 'shop', { ...ownLabels('price-api'), 'app.kubernetes.io/component': 'shell' }),
    stranger: pod('10.0.2.20', 'shop', { app: 'web' }),
    'stranger of another namespace': pod('10.0.3.20', 'elsewhere', { app: 'web' }),
    'service of the same name elsewhere': pod('10.0.3.21', 'elsewhere', Object(servers[0]?.[1].pod?.labels)),
    prometheus: pod('10.0.4.20', 'monitoring', { app: 'prometheus' }),
    DNS: pod('10.0.5.10', 'kube-system', { 'k8s-app': 'kube-dns' }),
    'price list': pod('10.0.6.10', 'lists', { app: 'lists' }),
    'API server': { ip: '192.168.49.2' },
    Internet: { ip: '203.0.113.5' },
    'Internet by IPv6': { ip: '2001:db8::5' },
  };
  return { policies, cast };
}

const ports = [['TCP', 5_000], ['UDP', 5_000], ['SCTP', 5_000], ['TCP', 8_080], ['TCP', 9_229], ['TCP', 53], ['UDP', 53], ['TCP', 80], ['TCP', 443], ['UDP', 443], ['TCP', 6_443], ['TCP', 6_565], ['TCP', 10_250]] as const;

test.each([
  ['https://lists.example.test/prices', 443],
  ['http://lists.example.test/prices', 80],
  ['http://[2001:db8::5]:6443/prices', 6_443],
])('with a list at %s, what is wanted passes between all, and nothing else', async (url, urlPort) => {
  const { policies, cast } = await cluster(url);
  /** What we want, in words of ours and not of a policy. */
  const isWanted = (from: string, to: string, protocol: string, port: number) => {
    const mayEnter = !['price-api', 'other'].includes(to) || (protocol === 'TCP' && port === 5_000);
    const isNeeded = from === 'other' && ((protocol === 'TCP' && port === urlPort) || (port === 53 && protocol !== 'SCTP'));
    return mayEnter && (!['price-api', 'other'].includes(from) || isNeeded);
  };
  const wrong: string[] = [];
  let count = 0;
  for (const [from, source] of Object.entries(cast)) {
    for (const [to, target] of Object.entries(cast).filter(([name]) => name !== from)) {
      for (const [protocol, port] of ports) {
        count += 1;
        const isLet = passes(policies, { from: source, to: target, protocol, port });
        if (isLet !== isWanted(from, to, protocol, port)) wrong.push(`${from} -> ${to} ${protocol} ${port}: ${isLet ? 'passes' : 'is stopped'}`);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(2_500);
});

test('every pod of ours has its labels, and only servers those of servers', async () => {
  const { cast, policies } = await cluster('https://lists.example.test/prices');
  const parts = Object.entries(cast).flatMap(([name, { pod: own }]) => (own?.labels['app.kubernetes.io/managed-by'] === 'pricectl' ? [`${name}: ${own.labels['app.kubernetes.io/component']}`] : []));
  expect(parts.toSorted()).toEqual(['initializer: load', 'load job: load', 'other: server', 'price-api: server', 'runner: load', 'service of the same name elsewhere: server', 'shell: shell', 'starter: load']);
  expect(policies).toHaveLength(2);
});

test('every policy is of our own namespace and of servers alone', async () => {
  const { policies } = await cluster('https://lists.example.test/prices');
  for (const { metadata, spec } of policies) {
    expect(metadata.namespace).toBe('shop');
    expect(spec.podSelector.matchLabels).toMatchObject({ 'app.kubernetes.io/component': 'server', 'app.kubernetes.io/instance': expect.any(String) });
    expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
  }
});
