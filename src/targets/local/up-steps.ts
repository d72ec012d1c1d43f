import { planned } from '../planned.ts';
import type { ServiceSettings, Step } from '../target.ts';
import type { LocalService } from './local-service.ts';
import { pricesStep } from './prices-step.ts';
import { type ExpectedPrices, replicasStep } from './replicas-step.ts';
import { planSupervisorStep, supervisorStep } from './supervisor-step.ts';

/** The steps of `up`: read the prices, start or tell the supervisor, wait for the replicas. */
export function upSteps(service: LocalService, settings: ServiceSettings): readonly Step[] {
  let expected: ExpectedPrices = { sha256: undefined };
  const isUrl = /^https?:\/\//i.test(settings.prices);
  return [
    pricesStep(service, settings, ({ sha256 }) => {
      expected = { sha256: isUrl ? undefined : sha256 };
    }),
    supervisorStep(service, settings),
    replicasStep(service, settings, () => expected),
  ];
}

/** The steps of `up --dry-run`: the price list is read and checked, and nothing is changed. */
export function planSteps(service: LocalService, settings: ServiceSettings): readonly Step[] {
  return [planned(pricesStep(service, settings, () => {})), planSupervisorStep(service, settings)];
}
