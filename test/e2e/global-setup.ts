import type { TestProject } from 'vitest/node';
import { whyNoCluster } from './requirements.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Why the tests are skipped; null when they run. */
    whyNoCluster: string | null;
  }
}

/** Looks once whether there is what the tests need, and says so when there isn't. With PRICECTL_E2E=1 that is a failure. */
export default async function setup(project: TestProject): Promise<void> {
  const why = (await whyNoCluster()) ?? null;
  if (why !== null && process.env['PRICECTL_E2E'] === '1') throw new Error(`tests against a cluster were asked for, and ${why}`);
  if (why !== null) console.log(`tests against a cluster are skipped: ${why}`);
  project.provide('whyNoCluster', why);
}
