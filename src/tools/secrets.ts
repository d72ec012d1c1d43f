/** What stands for a secret wherever one is told of. */
const secrets: readonly (readonly [RegExp, string])[] = [
  // User and password of a URL; a password may have an @ of its own.
  [/\/\/[^/\s"']*@/g, '//***@'],
  // The query and fragment of one: tokens, and signatures of storage services.
  [/(\bhttps?:\/\/[^\s"'<>?#]*)[?#][^\s"'<>]+/gi, '$1?***'],
  [/\b(bearer|basic) [\w.~+/=-]{8,}/gi, '$1 ***'],
  [/((?:token|secret|password|passwd|api[-_]?key|client-key-data)["']?\s*[:=]\s*["']?)[\w.~+=%-][\w.~+/=%-]{11,}/gi, '$1***'],
];

/** A text without what may be secret in it: tools quote URLs of proxies and registries, headers, and parts of their settings. */
export function withoutSecrets(text: string): string {
  return secrets.reduce((told, [pattern, instead]) => told.replaceAll(pattern, instead), text);
}
