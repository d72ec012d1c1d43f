import { parse } from 'yaml';

/** Anything that a manifest's field may hold. */
export type ManifestValue = string | number | boolean | null | readonly ManifestValue[] | ManifestFields;

/** An object within a manifest. */
export interface ManifestFields {
  readonly [field: string]: ManifestValue;
}

/** An object of Kubernetes as we want it; a `KubeObject`. */
export interface Manifest extends ManifestFields {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ManifestFields & { readonly name: string };
}

/** What a template is filled with. A field whose whole value is a variable that is undefined is left out, with its key. */
export type ManifestVariables = Readonly<Record<string, ManifestValue | undefined>>;

const placeholder = /\$\{(\w+)\}/g;
const wholePlaceholder = /^\$\{(\w+)\}$/;

/**
 * Makes a manifest of a template: YAML in which `${name}` stands for a variable, as a whole scalar (then it may be of any type) or inside of one
 * or of a key (then it is a text or a number). The YAML is parsed before it is filled, so that no value can change its structure.
 * Throws Error for a template that isn't one, and for a variable that is used but not given or given but not used.
 */
export function fillTemplate(text: string, variables: ManifestVariables): Manifest {
  const used = new Set<string>();
  const valueOf = (name: string) => {
    if (!Object.hasOwn(variables, name)) throw new Error(`a template uses \${${name}}, which isn't given`);
    used.add(name);
    return variables[name];
  };
  const template: unknown = parse(text);
  const manifest = fill(template, valueOf);
  const unused = Object.keys(variables).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`a template doesn't use ${unused.join(', ')}, which is given`);
  if (!isManifest(manifest)) throw new Error('a template makes no object of Kubernetes: apiVersion, kind or metadata.name is missing');
  return manifest;
}

type ValueOf = (name: string) => ManifestValue | undefined;

function fill(node: unknown, valueOf: ValueOf): ManifestValue | undefined {
  if (typeof node === 'string') return fillScalar(node, valueOf);
  if (typeof node === 'number' || typeof node === 'boolean' || node === null) return node;
  if (Array.isArray(node)) return node.map((item) => fill(item, valueOf)).filter((item) => item !== undefined);
  if (typeof node !== 'object') throw new Error(`a template has a value of type ${typeof node}`);
  const fields = Object.entries(node).map(([key, value]) => [fillText(key, valueOf), fill(value, valueOf)] as const);
  return Object.fromEntries(fields.filter((field): field is readonly [string, ManifestValue] => field[1] !== undefined));
}

function fillScalar(text: string, valueOf: ValueOf): ManifestValue | undefined {
  const name = wholePlaceholder.exec(text)?.[1];
  return name === undefined ? fillText(text, valueOf) : valueOf(name);
}

function fillText(text: string, valueOf: ValueOf): string {
  return text.replaceAll(placeholder, (_, name: string) => {
    const value = valueOf(name);
    if (typeof value !== 'string' && typeof value !== 'number') throw new Error(`a template has \${${name}} inside of a text, but it isn't one`);
    return String(value);
  });
}

function isManifest(value: ManifestValue | undefined): value is Manifest {
  if (!isFields(value)) return false;
  const { apiVersion, kind, metadata } = value;
  return typeof apiVersion === 'string' && typeof kind === 'string' && isFields(metadata) && typeof metadata['name'] === 'string';
}

function isFields(value: ManifestValue | undefined): value is ManifestFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
