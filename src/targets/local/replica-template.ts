import { createHash, randomInt } from 'node:crypto';

/** What is the same for all replicas that are to run alike; a change of it replaces them. */
export interface ReplicaTemplate {
  /** Main module of the server. */
  readonly serverEntry: string;
  /** Absolute path of a file, or an http(s) URL. */
  readonly prices: string;
}

/** Characters of generated names: Kubernetes' own, which can't form words (apimachinery: pkg/util/rand). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Name of a new replica as Kubernetes would name a pod: service, hash of the template, five random characters. */
export function replicaName(service: string, template: ReplicaTemplate): string {
  const hash = createHash('sha256').update(JSON.stringify([template.serverEntry, template.prices])).digest();
  return `${service}-${letters(5, (index) => hash[index] ?? 0)}-${letters(5, () => randomInt(alphabet.length))}`;
}

function letters(length: number, numberAt: (index: number) => number): string {
  return Array.from({ length }, (_, index) => alphabet.charAt(numberAt(index) % alphabet.length)).join('');
}
