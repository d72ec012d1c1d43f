import type { Recording } from './replay-recording.ts';

/** When CPU is measured. */
export interface MetricClock {
  /** The span of the newest metric that is there at a moment. */
  windowAt(ms: number): { readonly fromMs: number; readonly toMs: number };
}

/** The recorded metrics for the recorded resolution; for another one metrics at its interval, from the first recorded on. */
export function createMetricClock({ readings, metricDelayMs, own }: Recording, resolutionMs: number): MetricClock {
  const firstMs = readings[0]?.toMs ?? 0;
  if (resolutionMs !== own.metricResolutionMs) {
    return {
      windowAt(ms) {
        const toMs = firstMs + Math.floor((ms - metricDelayMs - firstMs) / resolutionMs) * resolutionMs;
        return { fromMs: toMs - resolutionMs, toMs };
      },
    };
  }
  let index = -1;
  return {
    // Moments are asked for in order.
    windowAt(ms) {
      while ((readings[index + 1]?.toMs ?? Infinity) + metricDelayMs <= ms) index += 1;
      const toMs = readings[index]?.toMs ?? firstMs;
      return { fromMs: readings[index - 1]?.toMs ?? toMs - resolutionMs, toMs };
    },
  };
}
