import { notUp } from '../not-up.ts';
import type { ServiceSettings, Step } from '../target.ts';
import type { ClusterParts } from './cluster-parts.ts';
import type { PricesDelivery } from './manifest-values.ts';
import { objectsStep } from './objects-step.ts';
import { podsStep } from './pods-step.ts';
import { pricesStep } from './prices-step.ts';
import { findDeployment, readRunningSettings } from './running-settings.ts';
import { containerName } from './service-objects.ts';
import { upSteps } from './up-steps.ts';

/**
 * The steps of `prices push`: read the list, put it into the ConfigMap, make the pods' kubelets look at once, and see pod by pod that it is served.
 * A URL, or a file after a URL, is another setting of the pods: they are replaced as by `up`. Throws EnvironmentError when the service isn't up.
 */
export async function pushSteps(parts: ClusterParts, prices: string, signal: AbortSignal): Promise<readonly Step[]> {
  const running = await readRunningSettings(parts, signal);
  const image = await imageOf(parts, signal);
  if (running === undefined || image === undefined) throw notUp();
  const settings: ServiceSettings = { ...running, prices };
  if (isUrl(prices) || isUrl(running.prices)) return upSteps(parts, settings);
  let delivery: PricesDelivery | undefined;
  const found = () => {
    if (delivery === undefined) throw new Error('the prices are delivered before they are read');
    return delivery;
  };
  return [
    pricesStep(parts, { prices, keeps: false }, (read) => {
      delivery = read;
    }),
    objectsStep(parts, settings, () => ({ image, prices: found() })),
    podsStep(parts, found, { mayBeSilent: false }),
  ];
}

function isUrl(prices: string): boolean {
  return /^https?:\/\//i.test(prices);
}

async function imageOf(parts: ClusterParts, signal: AbortSignal): Promise<string | undefined> {
  const deployment = await findDeployment(parts, signal);
  return deployment?.spec.template.spec.containers.find(({ name }) => name === containerName)?.image;
}
