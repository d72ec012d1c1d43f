import type { RequestListener } from 'node:http';
import { type AppDependencies, createApp } from './app.ts';
import { createMetrics } from './metrics.ts';

/** Puts together what answers all but the most frequent requests. It takes longer to load than all the rest of a server, and has a file of its own in the image. */
export function createApplication(dependencies: Omit<AppDependencies, 'registry'>): RequestListener {
  return createApp({ ...dependencies, registry: createMetrics(dependencies) });
}
