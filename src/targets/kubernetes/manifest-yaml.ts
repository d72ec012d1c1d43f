import { Document } from 'yaml';

/** Objects as one YAML stream, a document each, that YAML 1.1 (kubectl's) and 1.2 read alike. */
export function toYaml(objects: readonly object[]): string {
  // Without anchors, an object that occurs twice is written twice.
  return objects.map((object) => new Document(object, { version: '1.1', aliasDuplicateObjects: false }).toString({ lineWidth: 0 })).join('---\n');
}
