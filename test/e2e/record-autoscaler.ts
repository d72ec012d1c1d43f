import { writeFile } from 'node:fs/promises';
import { type AutoscalerPlace, readSight } from '../../src/targets/kubernetes/autoscaler-sight.ts';
import type { AutoscalerSight } from '../../src/targets/kubernetes/judge-hpa-sight.ts';
import { systemClock } from '../../src/tools/clock.ts';
import type { KubeApi } from '../../src/tools/kube-api.ts';
import { createKubectl } from '../../src/tools/kubectl.ts';
import { createProcesses } from '../../src/tools/process.ts';
import { encodeRecord } from '../autoscaler/record.ts';

/** Looks at an HPA each second and adds what it sees, until the signal aborts. */
export async function recordAutoscaler(api: KubeApi, place: AutoscalerPlace, sights: AutoscalerSight[], signal: AbortSignal): Promise<void> {
  const tools = { now: () => systemClock.now(), nearest: () => undefined };
  while (!signal.aborted) {
    const startedMs = systemClock.monotonicMs();
    try {
      sights.push(await readSight(api, place, tools, signal));
      await systemClock.sleep(Math.max(0, 1_000 - (systemClock.monotonicMs() - startedMs)), signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

/** `node test/e2e/record-autoscaler.ts CONTEXT NAMESPACE NAME SECONDS FILE` records a life of any HPA. */
if (import.meta.main) {
  const [context = '', namespace = '', name = '', seconds, file = ''] = process.argv.slice(2);
  const signal = AbortSignal.timeout(Number(seconds) * 1_000);
  await using api = await createKubectl({ context, processes: createProcesses(), env: process.env }).openApi(signal);
  const sights: AutoscalerSight[] = [];
  await recordAutoscaler(api, { namespace, name }, sights, signal);
  await writeFile(file, encodeRecord(sights));
  console.log(`${sights.length} moments in ${file}`);
}
