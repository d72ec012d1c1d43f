/** Names of settings that are secret, as a part of one: `AWS_SECRET_ACCESS_KEY`, `apiKey`. Bounded, so that a long word costs no time. */
const secretName = String.raw`(?:token|secret|password|passwd|api[-_]?key|client-key-data)[\w-]{0,40}\\*["']?`;

/** Parameters of our own URLs and of documentation's, which tell what was asked. */
const openParameter = String.raw`(?:product_id|arch)=[\w.~%+-]*`;

/** What stands for a secret wherever one is told of. */
const secrets: readonly (readonly [RegExp, string])[] = [
  // User and password of a URL; a password may have an @ of its own.
  [/\/\/[^/\s"']*@/g, '//***@'],
  // The query and fragment of one: tokens, and signatures of storage services.
  [new RegExp(String.raw`(\bhttps?://[^\s"'<>?#]*)(?!\?${openParameter}(?:&${openParameter})*[,:;)\]]*(?:[\s"'<>]|$))[?#][^\s"'<>]+`, 'gi'), '$1?***'],
  [/\b(bearer|basic) [\w.~+/=-]{8,}/gi, '$1 ***'],
  // In quotes up to the same quote, which may be escaped itself.
  [new RegExp(String.raw`(${secretName}\s*[:=]\s*(\\*["']))(?:(?!\2)(?:\\.|[^\n]))+`, 'gi'), '$1***'],
  [new RegExp(String.raw`(${secretName}[ \t]*=[ \t]*)(?![=>])[^\s"'&]+`, 'gi'), '$1***'],
  // Shorter ones are words: "token: permission denied".
  [new RegExp(String.raw`(${secretName}\s*:\s*)[\w.~+=%-][\w.~+/=%-]{11,}`, 'gi'), '$1***'],
];

/** A text without what may be secret in it: tools quote URLs of proxies and registries, headers, and parts of their settings. */
export function withoutSecrets(text: string): string {
  return secrets.reduce((told, [pattern, instead]) => told.replaceAll(pattern, instead), text);
}
