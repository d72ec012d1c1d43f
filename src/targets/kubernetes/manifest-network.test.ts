import { expect, test } from 'vitest';
import { ofKind, renderExample, valueAt } from './manifests.fixture.ts';
import type { PricesDelivery } from './manifest-values.ts';
import { podLabels } from './service-objects.ts';

/** A connection to (in) or from (out) a pod with these labels, after a Service's address became that of a pod. */
interface Flow {
  readonly pod: Readonly<Record<string, string>>;
  readonly direction: 'in' | 'out';
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly port: number;
  /** The other side. */
  readonly peer: string;
}

const server = podLabels('price-api');
const other = { ...server, 'app.kubernetes.io/component': 'load' };
const file: PricesDelivery = { kind: 'text', text: 'A,1\n', data: { rows: 1, bytes: 4, sha256: 'ab' } };
const https: PricesDelivery = { kind: 'url', url: 'https://prices.example.test/list' };
const http: PricesDelivery = { kind: 'url', url: 'http://prices.example.test/list' };
const http8443: PricesDelivery = { kind: 'url', url: 'http://[2001:db8::1]:8443/list' };

test.each<readonly [allowed: boolean, what: string, prices: PricesDelivery, flow: Flow]>([
  [true, 'a client in the cluster asks', file, { pod: server, direction: 'in', protocol: 'TCP', port: 5_000, peer: '10.244.0.9' }],
  [true, 'a client outside asks', https, { pod: server, direction: 'in', protocol: 'TCP', port: 5_000, peer: '203.0.113.5' }],
  [true, 'the kubelet probes', file, { pod: server, direction: 'in', protocol: 'TCP', port: 5_000, peer: '192.168.49.2' }],
  [true, 'a client asks by IPv6', file, { pod: server, direction: 'in', protocol: 'TCP', port: 5_000, peer: '2001:db8::9' }],
  [false, 'somebody tries the port of the debugger', file, { pod: server, direction: 'in', protocol: 'TCP', port: 9_229, peer: '10.244.0.9' }],
  [false, "somebody tries the Service's port at the pod", file, { pod: server, direction: 'in', protocol: 'TCP', port: 8_080, peer: '10.244.0.9' }],
  [false, 'somebody sends UDP', file, { pod: server, direction: 'in', protocol: 'UDP', port: 5_000, peer: '10.244.0.9' }],
  [false, 'a server with a file looks a name up', file, { pod: server, direction: 'out', protocol: 'UDP', port: 53, peer: '10.96.0.10' }],
  [false, 'a server with a file calls home', file, { pod: server, direction: 'out', protocol: 'TCP', port: 443, peer: '203.0.113.5' }],
  [false, "a server with a file asks the cluster's API", file, { pod: server, direction: 'out', protocol: 'TCP', port: 6_443, peer: '10.96.0.1' }],
  [false, 'a server whose file is kept calls home', { kind: 'kept', data: { rows: 1, bytes: 4, sha256: 'a' } }, { pod: server, direction: 'out', protocol: 'TCP', port: 443, peer: '203.0.113.5' }],
  [true, 'a server with a URL looks a name up', https, { pod: server, direction: 'out', protocol: 'UDP', port: 53, peer: '10.96.0.10' }],
  [true, 'it looks a long answer up', https, { pod: server, direction: 'out', protocol: 'TCP', port: 53, peer: '10.96.0.10' }],
  [true, 'it downloads by https', https, { pod: server, direction: 'out', protocol: 'TCP', port: 443, peer: '203.0.113.5' }],
  [true, 'it downloads by http', http, { pod: server, direction: 'out', protocol: 'TCP', port: 80, peer: '10.244.0.8' }],
  [true, 'it downloads from another port', http8443, { pod: server, direction: 'out', protocol: 'TCP', port: 8_443, peer: '2001:db8::1' }],
  [false, 'it speaks to another port', http8443, { pod: server, direction: 'out', protocol: 'TCP', port: 443, peer: '203.0.113.5' }],
  [false, 'it sends UDP to the port of the URL', https, { pod: server, direction: 'out', protocol: 'UDP', port: 443, peer: '203.0.113.5' }],
  [false, "it asks the cluster's API", https, { pod: server, direction: 'out', protocol: 'TCP', port: 6_443, peer: '10.96.0.1' }],
  [true, 'a pod that makes load speaks to anybody', file, { pod: other, direction: 'out', protocol: 'TCP', port: 5_000, peer: '10.244.0.7' }],
  [true, "another service's pod is asked on any port", file, { pod: podLabels('other'), direction: 'in', protocol: 'TCP', port: 9_229, peer: '10.244.0.7' }],
])('allowed is %s when %s', async (allowed, _, prices, flow) => {
  const policy = ofKind(await renderExample({ prices }), 'NetworkPolicy');
  expect(isAllowed(valueAt(policy, 'spec'), flow)).toBe(allowed);
});

/** Whether a NetworkPolicy alone lets a flow pass: https://kubernetes.io/docs/concepts/services-networking/network-policies/. */
function isAllowed(spec: unknown, flow: Flow): boolean {
  const isSelected = entriesOf(valueAt(spec, 'podSelector.matchLabels')).every(([key, value]) => flow.pod[key] === value);
  const isIsolated = itemsOf(valueAt(spec, 'policyTypes')).includes(flow.direction === 'in' ? 'Ingress' : 'Egress');
  if (!isSelected || !isIsolated) return true;
  return itemsOf(valueAt(spec, flow.direction === 'in' ? 'ingress' : 'egress')).some((rule) => matches(rule, flow));
}

function matches(rule: unknown, { direction, protocol, port }: Flow): boolean {
  const peers = valueAt(rule, direction === 'in' ? 'from' : 'to');
  const ports = valueAt(rule, 'ports');
  // Ours name no peers; a rule that does would need more of an evaluator.
  if (peers !== undefined) throw new Error('a rule names peers');
  return ports === undefined || itemsOf(ports).some((item) => (valueAt(item, 'protocol') ?? 'TCP') === protocol && matchesPort(item, port));
}

function matchesPort(item: unknown, port: number): boolean {
  const first = valueAt(item, 'port');
  if (first === undefined) return true;
  if (typeof first !== 'number') throw new Error('a rule names a port by its name');
  return port >= first && port <= Number(valueAt(item, 'endPort') ?? first);
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function entriesOf(value: unknown): [string, unknown][] {
  return Object.entries(typeof value === 'object' && value !== null ? value : {});
}
