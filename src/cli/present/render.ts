import { toYaml } from '../../targets/kubernetes/manifest-yaml.ts';
import type { RenderResult } from '../../workflows/render.ts';

/** The manifests as YAML, for `kubectl apply -f -`. */
export function presentRender({ manifests }: RenderResult): string {
  return toYaml(manifests).trimEnd();
}
