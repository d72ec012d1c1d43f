import { parseAllDocuments } from 'yaml';
import { ToolError } from '../../tools/errors.ts';
import type { KubeObject } from '../../tools/kube-objects.ts';
import { managedByLabel, manager } from './service-objects.ts';

/** A file that refers to itself more often than this is no bundle of manifests. */
const mostAliases = 2_000;

/**
 * The objects of a YAML stream, each with the label that says who installed it. Throws ToolError `PRICECTL_E_OPERATOR_BUNDLE` for what isn't YAML, holds
 * something else than objects of Kubernetes, or has no TestRun in it.
 */
export function readOperatorBundle(text: string, source: string): readonly KubeObject[] {
  const objects = parse(text, source).filter((value) => value !== null && value !== undefined);
  const odd = objects.find((value) => !isKubeObject(value));
  if (odd !== undefined) throw bundleError(source, 'it holds something that is no object of Kubernetes');
  const labelled = objects.filter(isKubeObject).map(label);
  if (!labelled.some(({ kind, metadata }) => kind === 'CustomResourceDefinition' && metadata.name === 'testruns.k6.io')) {
    throw bundleError(source, 'it has no CustomResourceDefinition testruns.k6.io in it');
  }
  return labelled;
}

function parse(text: string, source: string): readonly unknown[] {
  return parseAllDocuments(text).map((document): unknown => {
    const [problem] = document.errors;
    if (problem !== undefined) throw bundleError(source, problem.message.split('\n')[0] ?? '');
    return document.toJS({ maxAliasCount: mostAliases }) as unknown;
  });
}

function isKubeObject(value: unknown): value is KubeObject {
  if (typeof value !== 'object' || value === null || !('apiVersion' in value) || !('kind' in value) || !('metadata' in value)) return false;
  const { apiVersion, kind, metadata } = value;
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata === 'object' && metadata !== null && 'name' in metadata && typeof metadata.name === 'string';
}

function label(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, [managedByLabel]: manager } } };
}

function bundleError(source: string, why: string): ToolError {
  return new ToolError('PRICECTL_E_OPERATOR_BUNDLE', `${source} is no bundle of k6-operator: ${why}`);
}
