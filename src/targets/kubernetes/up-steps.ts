import type { ServiceSettings, Step } from '../target.ts';
import type { ClusterParts } from './cluster-parts.ts';
import { imageStep } from './image-step.ts';
import type { PricesDelivery } from './manifest-values.ts';
import { objectsStep, type UpFindings } from './objects-step.ts';
import { podsStep } from './pods-step.ts';
import { pricesStep } from './prices-step.ts';
import { rolloutStep } from './rollout-step.ts';
import { warmUpStep } from './warm-up-step.ts';

/** The steps of `up`: read the prices, prepare the cluster, build and bring the image, apply the objects, see the rollout through, the pods serve the list, and the metrics come. */
export function upSteps(parts: ClusterParts, settings: ServiceSettings): readonly Step[] {
  let image: string | undefined;
  let prices: PricesDelivery | undefined;
  const findings = (): UpFindings => {
    if (image === undefined || prices === undefined) throw new Error('objects are applied after image and prices');
    return { image, prices };
  };
  return [
    pricesStep(parts, { prices: settings.prices, keeps: true }, (read) => {
      prices = read;
    }),
    ...parts.platform.prepareSteps(settings),
    imageStep(parts, settings, (name) => {
      image = name;
    }),
    objectsStep(parts, settings, findings),
    rolloutStep(parts.service, { prices: settings.prices }),
    podsStep(parts, () => findings().prices, { mayBeSilent: true }),
    warmUpStep(parts.service),
  ];
}
