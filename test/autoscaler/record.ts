import { gunzipSync } from 'node:zlib';
import type { AutoscalerSight } from '../../src/targets/kubernetes/judge-hpa-sight.ts';

/** The moments of a record: gzipped JSON lines, each with its time and the parts that changed since the one before. */
export function decodeRecord(record: Buffer): readonly AutoscalerSight[] {
  const base = { context: 'recorded', whyUnknown: null, isMetricsApiFailing: false, denials: [] };
  let last: Partial<AutoscalerSight> = base;
  return gunzipSync(record)
    .toString()
    .trim()
    .split('\n')
    .map((line) => {
      last = { ...last, ...JSON.parse(line) };
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the first line holds all of it
      return last as AutoscalerSight;
    });
}
