import type { EngineName, EngineResult, Runner } from './engine.ts';
import { uniteThresholds } from './merge-thresholds.ts';
import type { Profile } from './profile.ts';
import { describeProfile } from './profile-description.ts';
import { type PercentileSummary, summarisePercentiles } from './summary-brackets.ts';
import { type MetricSummary, summariseMetrics } from './summary-metrics.ts';
import { reasonsOf, type Verdict, verdictOf } from './summary-verdict.ts';
import { judgementWarnings } from './summary-warnings.ts';
import { judgeThresholds, type ThresholdResult } from './thresholds.ts';

/** What a run's numbers were measured on. */
export interface MeasuredOn {
  /** Version of pricectl. */
  readonly pricectl: string;
  /** Version of Node that made the load. */
  readonly node: string;
  /** Operating system and architecture of the machine that made the load: `linux x64`. */
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly engine: EngineName;
  /** Where the service ran; null when it wasn't one of ours. */
  readonly target: 'local' | 'minikube' | 'kube' | null;
  /** Whether load and service shared the machine; null is unknown. */
  readonly sharedMachine: boolean | null;
}

/** A load test as `--json` prints it and as its run folder keeps it. */
export interface LoadTestResult {
  /** Id of the recorded run. */
  readonly id: string;
  readonly engine: EngineName;
  readonly target: MeasuredOn['target'];
  readonly url: string;
  /** `seed`, `quick` or `custom`. */
  readonly profile: string;
  /** The profile in words: `ramping to 100 VUs over 9 m`. */
  readonly description: string;
  /** `incomplete` is said of a test without its whole data, whatever the thresholds say of the rest. */
  readonly verdict: Verdict;
  /** Why the verdict isn't `passed`, or that nothing was judged; in words. */
  readonly reasons: readonly string[];
  readonly thresholds: readonly ThresholdResult[];
  readonly checks: EngineResult['checks'];
  /** In the shape of k6's handleSummary data. A metric without samples is absent. */
  readonly metrics: Readonly<Record<string, MetricSummary>>;
  readonly runners: readonly Required<Runner>[];
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Length in milliseconds, graceful stop included. */
  readonly ms: number;
  /** Path of the run folder. */
  readonly folder: string;
  readonly interrupted: boolean;
  readonly percentiles: PercentileSummary;
  /** What limits the worth of the numbers. */
  readonly warnings: readonly string[];
  readonly measuredOn: MeasuredOn;
}

/** A load test that has ended. */
export interface FinishedTest {
  readonly id: string;
  readonly folder: string;
  readonly engine: EngineName;
  readonly target: MeasuredOn['target'];
  readonly url: string;
  readonly profile: Profile;
  readonly measuredOn: MeasuredOn;
  /** What ended the test before its time, in a word or two: `interrupted`; undefined when nothing did. */
  readonly endedBy?: string | undefined;
  readonly result: EngineResult;
}

/** Sums a test up and judges it, thresholds on all that was measured. */
export function summarise(test: FinishedTest): LoadTestResult {
  const { profile, result } = test;
  const ms = Math.round(result.ms);
  const asked = uniteThresholds([profile.thresholds, result.thresholds ?? {}]);
  const thresholds = judgeThresholds(result.metrics, asked, ms);
  const percentiles = summarisePercentiles(result.percentiles, result.metrics, asked);
  return {
    id: test.id,
    engine: test.engine,
    target: test.target,
    url: test.url,
    profile: profile.name,
    description: describeProfile(profile),
    verdict: verdictOf(profile, result, thresholds),
    reasons: reasonsOf(profile, result, thresholds, test.endedBy),
    thresholds,
    checks: result.checks,
    metrics: summariseMetrics(result.metrics, thresholds, ms),
    runners: result.runners.map((runner) => ({ ...runner, reason: runner.reason ?? null })),
    startedAt: new Date(result.startedAtMs).toISOString(),
    ms,
    folder: test.folder,
    interrupted: result.interrupted,
    percentiles,
    warnings: [...result.warnings, ...judgementWarnings(result, thresholds, percentiles)],
    measuredOn: test.measuredOn,
  };
}
