import { access } from 'node:fs/promises';
import type { ServiceIdentity, TargetKind } from '../targets/target.ts';
import { PricectlError } from '../tools/errors.ts';
import type { ClusterTools } from './cluster-tools.ts';

/** A kind of target, and why it is this one. */
export interface ChosenKind {
  readonly kind: TargetKind;
  readonly reason: string;
}

/** What the flags say of the target. */
export interface TargetChoice {
  readonly target: 'auto' | TargetKind | undefined;
  readonly context: string | undefined;
}

/** What `auto` looks at. */
export interface Surroundings {
  /** The file that a service of this kind leaves where it is up. */
  recordOf(kind: 'local' | 'minikube'): string;
  /** Only when they are needed: they take a while to load. */
  loadTools(): Promise<Pick<ClusterTools, 'minikube' | 'docker'>>;
  readonly signal: AbortSignal;
}

/** The target that was asked for; else the one where the service is up, else minikube where it can run, else this machine. */
export async function chooseKind({ target, context }: TargetChoice, surroundings: Surroundings): Promise<ChosenKind> {
  if (target !== undefined && target !== 'auto') return { kind: target, reason: 'as asked by --target' };
  if (context !== undefined) return { kind: 'kube', reason: 'as asked by --context' };
  for (const kind of ['local', 'minikube'] as const) {
    if (await isThere(surroundings.recordOf(kind))) return { kind, reason: 'the service is up there' };
  }
  const { signal } = surroundings;
  const tools = await surroundings.loadTools();
  const version = await tools.minikube.version(signal).catch((error: unknown) => {
    if (!(error instanceof PricectlError) || signal.aborted) throw error;
    return error;
  });
  if (version === undefined || version instanceof PricectlError) {
    return { kind: 'local', reason: `minikube ${version === undefined ? "isn't installed" : "doesn't work"} (pricectl doctor shows what it takes)` };
  }
  if ((await tools.docker.engineVersion(signal)) === undefined) {
    return { kind: 'local', reason: 'no Docker engine answers (pricectl doctor shows what it takes)' };
  }
  return { kind: 'minikube', reason: 'minikube and a Docker engine are here' };
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The identity of a service on a target. */
export function identityOn(kind: TargetKind, context: string | null, { namespace, name }: { readonly namespace?: string | undefined; readonly name?: string | undefined }): ServiceIdentity {
  return { target: kind, context, namespace: namespace ?? 'pricectl', name: name ?? 'price-api' };
}
