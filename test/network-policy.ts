import { BlockList, isIP } from 'node:net';

// What a NetworkPolicy lets pass, for tests: https://kubernetes.io/docs/concepts/services-networking/network-policies/ and the API's own reference
// (networking.k8s.io/v1). No cluster of ours enforces policies.

/** Labels, and what selects by them. */
type Labels = Readonly<Record<string, string>>;
interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'; readonly values?: readonly string[] }[];
}

interface Port {
  /** TCP without it. */
  readonly protocol?: string;
  /** A number, or the name of a port of the pod that is spoken to; all without it. */
  readonly port?: number | string;
  readonly endPort?: number;
}

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface Rule {
  readonly ports?: readonly Port[];
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
}

/** A NetworkPolicy as the API has it. */
export interface Policy {
  readonly metadata: { readonly namespace: string };
  readonly spec: { readonly podSelector: Selector; readonly policyTypes?: readonly string[]; readonly ingress?: readonly Rule[]; readonly egress?: readonly Rule[] };
}

/** Who speaks or is spoken to: a pod of a namespace, or an address that is none of a pod's. */
export interface Party {
  readonly ip: string;
  readonly pod?: {
    readonly namespace: string;
    /** Labels of the namespace; every one has its name as `kubernetes.io/metadata.name`. */
    readonly namespaceLabels?: Labels;
    readonly labels: Labels;
    readonly ports?: readonly { readonly name: string; readonly containerPort: number; readonly protocol?: string }[];
  };
}

/** A connection, after a Service's address became that of a pod. */
export interface Flow {
  readonly from: Party;
  readonly to: Party;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly port: number;
}

/** Whether policies let a flow pass: both ends have to. A pod always reaches itself; what the node of a pod asks it, as the kubelet does, no policy stops. */
export function passes(policies: readonly Policy[], flow: Flow): boolean {
  return flow.from === flow.to || (isLet(policies, 'Egress', flow) && isLet(policies, 'Ingress', flow));
}

/** A pod that no policy selects is isolated from nobody; for one that some select, any rule of any of them is enough. */
function isLet(policies: readonly Policy[], direction: 'Ingress' | 'Egress', flow: Flow): boolean {
  const [{ pod: own }, other] = direction === 'Ingress' ? [flow.to, flow.from] : [flow.from, flow.to];
  if (own === undefined) return true;
  const selecting = policies.filter(({ metadata, spec }) => metadata.namespace === own.namespace && typesOf(spec).includes(direction) && selects(spec.podSelector, own.labels));
  const rules = selecting.flatMap(({ metadata, spec }) => (direction === 'Ingress' ? spec.ingress : spec.egress)?.map((rule) => ({ rule, namespace: metadata.namespace })) ?? []);
  return selecting.length === 0 || rules.some(({ rule, namespace }) => isPort(rule.ports, flow) && isPeer(direction === 'Ingress' ? rule.from : rule.to, other, namespace));
}

/** Without `policyTypes` a policy is for Ingress, and for Egress when it has rules for it. */
function typesOf({ policyTypes, egress }: Policy['spec']): readonly string[] {
  return policyTypes ?? ['Ingress', ...(egress === undefined || egress.length === 0 ? [] : ['Egress'])];
}

/** An empty selector selects all. */
function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  const isExpressed = matchExpressions.every(({ key, operator, values = [] }) => {
    const value = labels[key];
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    return operator === 'In' ? value !== undefined && values.includes(value) : value === undefined || !values.includes(value);
  });
  return isExpressed && Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}

/** No list, or an empty one, is every port. */
function isPort(ports: readonly Port[] | undefined, { protocol, port, to }: Flow): boolean {
  if (ports === undefined || ports.length === 0) return true;
  return ports.some((wanted) => {
    if ((wanted.protocol ?? 'TCP') !== protocol) return false;
    if (wanted.port === undefined) return true;
    if (typeof wanted.port === 'number') return port >= wanted.port && port <= (wanted.endPort ?? wanted.port);
    return to.pod?.ports?.some(({ name, containerPort, protocol: own = 'TCP' }) => name === wanted.port && containerPort === port && own === protocol) === true;
  });
}

/** No list, or an empty one, is everybody. A pod selector alone means pods of the policy's own namespace. */
function isPeer(peers: readonly Peer[] | undefined, { ip, pod }: Party, namespace: string): boolean {
  if (peers === undefined || peers.length === 0) return true;
  return peers.some(({ podSelector, namespaceSelector, ipBlock }) => {
    if (ipBlock !== undefined) return isWithin(ip, ipBlock.cidr) && !(ipBlock.except ?? []).some((cidr) => isWithin(ip, cidr));
    if (pod === undefined) return false;
    const labels = { ...pod.namespaceLabels, 'kubernetes.io/metadata.name': pod.namespace };
    const isInNamespace = namespaceSelector === undefined ? pod.namespace === namespace : selects(namespaceSelector, labels);
    return isInNamespace && selects(podSelector ?? {}, pod.labels);
  });
}

function isWithin(ip: string, cidr: string): boolean {
  const [network = '', bits = ''] = cidr.split('/');
  const list = new BlockList();
  list.addSubnet(network, Number(bits), isIP(network) === 6 ? 'ipv6' : 'ipv4');
  return list.check(ip, isIP(ip) === 6 ? 'ipv6' : 'ipv4');
}
