import { expect, test } from 'vitest';
import { createFastClock } from '../../test/fakes/fast-clock.ts';
import { createMemoryKubeApi } from '../../test/fakes/memory-kube-api.ts';
import { KubeApiError } from './kube-api.ts';
import { createPatientApi } from './kube-api-patience.ts';

/** How often an object is created when the API answers each time with a status and Retry-After. */
async function countCreates(status: number): Promise<number> {
  let count = 0;
  const create = async (): Promise<never> => {
    count += 1;
    throw new KubeApiError(status, 'ServerTimeout', 'the server was busy', { retryAfterMs: 1_000 });
  };
  const api = createPatientApi({ ...createMemoryKubeApi(), create }, createFastClock(1_000));
  const object = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'load' } };
  await expect(api.create('/apis/batch/v1/namespaces/shop/jobs', object, AbortSignal.timeout(20_000))).rejects.toMatchObject({ status });
  return count;
}

test('what must not be done twice is asked again only when the API server turned it away', async () => {
  expect(await countCreates(500)).toBe(1);
  expect(await countCreates(503)).toBe(1);
  expect(await countCreates(429)).toBeGreaterThan(5);
});
