import type { ServiceSettings, Step } from '../target.ts';
import type { ClusterParts } from './cluster-parts.ts';
import { clusterSettings } from './cluster-settings.ts';

/** The step of `up` that builds the image when it must, and puts it where the nodes find it. `onImage` gets its name. */
export function imageStep({ images, platform }: ClusterParts, settings: ServiceSettings, onImage: (image: string) => void): Step {
  return {
    title: 'image',
    async run(context) {
      const cluster = clusterSettings(settings);
      const image = await images.nameOf(cluster);
      onImage(image);
      if (cluster.image !== null) return { outcome: 'unchanged', detail: `${image}, as given` };
      const built = await images.build(cluster, context);
      const delivered = await platform.deliverImage(image, context);
      const outcome = built.outcome === 'unchanged' && delivered.outcome === 'unchanged' ? 'unchanged' : 'done';
      return { ...delivered, outcome, warnings: [...(built.warnings ?? []), ...(delivered.warnings ?? [])] };
    },
  };
}
