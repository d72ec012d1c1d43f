import { createRandom, payloadOf, samplesOf, trendOf } from '../../src/load/merge.fixture.ts';
import { mergeRunners } from '../../src/load/merge.ts';
import { toChart } from '../chart.ts';
import type { Section } from '../context.ts';
import type { Point } from '../findings.ts';
import { spreadOf } from '../statistics.ts';

/** Merging by the number of runners. */
export const growthMergeSection: Section = {
  name: 'growth-merge',
  title: 'Merge of results by runners',
  measure: async (context) => {
    const runners = [1, 2, 5, 10, 20, 50, 100];
    const random = createRandom(1);
    const payloads = Array.from({ length: 100 }, (_, index) => {
      const trends = ['http_req_duration', 'http_req_waiting', 'iteration_duration'].map((name) => [name, trendOf(samplesOf('slow tail', 5_000, random, index / 10))] as const);
      return payloadOf(Object.fromEntries(trends));
    });
    context.log('1 to 100 runners');
    const figures = runners.map((count) => ({ count, values: Array.from({ length: 7 }, () => timeMerge(payloads.slice(0, count))).slice(2) }));
    return {
      comparisons: figures.map(({ count, values }) => ({ what: `${count} runners`, unit: 'ms', figures: [{ name: 'pricectl', values }], goals: [] })),
      charts: [toChart('growth-merge', 'Merge and five percentiles of three trends', 'runners', 'ms', [{ name: 'pricectl', points: figures.map(({ count, values }): Point => [count, spreadOf(values).median]) }], { y: true })],
      remarks: ['Each runner brings three trends of 5,000 samples. How far merged percentiles are off is measured by `npm run bench:merge`.'],
    };
  },
};

function timeMerge(payloads: Parameters<typeof mergeRunners>[0]): number {
  const startedAt = performance.now();
  for (const metric of mergeRunners(payloads).metrics.values()) {
    if (metric.type === 'trend') for (const q of [0.5, 0.9, 0.95, 0.99, 0.999]) metric.samples.quantile(q);
  }
  return performance.now() - startedAt;
}
