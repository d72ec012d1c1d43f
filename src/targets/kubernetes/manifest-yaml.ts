import { Document, visit } from 'yaml';

/** Characters that YAML 1.1, which kubectl reads, refuses or takes for line ends; and the byte order mark, which readers drop. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const troublesome = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Objects as one YAML stream, a document each, that YAML 1.1 and 1.2 read alike and from which every text comes back as it was. */
export function toYaml(manifests: readonly object[]): string {
  return manifests.map(toDocument).join('---\n');
}

function toDocument(manifest: object): string {
  // Without anchors: an object that occurs twice is written twice.
  const document = new Document(manifest, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'string' && node.value.search(troublesome) >= 0) node.type = 'QUOTE_DOUBLE';
    },
  });
  // Whatever is left unescaped of them is in double quotes now.
  return document.toString({ lineWidth: 0 }).replaceAll(troublesome, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
