import { expect, test } from 'vitest';
import { type Policy, passes } from '../../../test/network-policy.ts';
import { ofKind, renderExample } from './manifests.fixture.ts';
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
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a NetworkPolicy is one
  const policy = ofKind(await renderExample({ prices }), 'NetworkPolicy') as unknown as Policy;
  const pod = { ip: '10.244.0.1', pod: { namespace: 'shop', labels: flow.pod } };
  const [from, to] = flow.direction === 'in' ? [{ ip: flow.peer }, pod] : [pod, { ip: flow.peer }];
  expect(passes([policy], { from, to, protocol: flow.protocol, port: flow.port })).toBe(allowed);
});
