import type { Profile } from './profile.ts';

/** Thresholds of several sources, each expression once: by metric or submetric as k6 names it. */
export function uniteThresholds(sources: readonly Profile['thresholds'][]): Profile['thresholds'] {
  const byMetric = Map.groupBy(sources.flatMap((thresholds) => Object.entries(thresholds)), ([metric]) => submetricName(metric));
  return Object.fromEntries(
    Array.from(byMetric, ([metric, entries]) => [metric, [...new Set(entries.flatMap(([, expressions]) => expressions.map((text) => text.trim())))]]),
  );
}

/** A script's `http_reqs{ status:200 }` as k6 names the metric (k6: metrics/metric.go, AddSubmetric). */
function submetricName(text: string): string {
  return text.trim().replace(/\s*\{\s*(.*?)\s*\}$/s, '{$1}');
}
