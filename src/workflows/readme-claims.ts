import type { LabResult } from './lab.ts';

/** A run of the lab, as far as the README says something of every one. */
export interface ClaimedRun {
  readonly up: Pick<LabResult['up'], 'target' | 'ms'>;
  readonly loadtest: Pick<LabResult['loadtest'], 'profile' | 'ms' | 'interrupted' | 'metrics'>;
  readonly events: LabResult['events'];
  readonly down: Pick<NonNullable<LabResult['down']>, 'ms'> | null;
}

/** Something that the README says of every run, and how a run shows that it isn't so. */
interface Claim {
  /** Words of the README. */
  readonly words: string;
  /** What the run shows instead, in words; null when it bears the claim out, or says nothing of it. */
  contradiction(run: ClaimedRun): string | null;
}

const twoMinutesMs = 120_000;

/** What the README claims. A test holds the words against it. */
export const readmeClaims: readonly Claim[] = [
  {
    words: 'Ending a replica closes no connection before its next response, so no request is lost.',
    contradiction({ loadtest, events }) {
      const failed = loadtest.metrics['http_req_failed']?.values['passes'] ?? 0;
      return failed === 0 || events.length === 0 ? null : `${failed} requests failed while the number of replicas changed ${events.length} times`;
    },
  },
  {
    words: 'within two minutes',
    contradiction({ up, loadtest, down }) {
      if (up.target !== 'local' || loadtest.profile !== 'quick' || down === null) return null;
      const ms = up.ms + loadtest.ms + down.ms;
      return ms <= twoMinutesMs ? null : `the quick lab took ${Math.round(ms / 1_000)} s`;
    },
  },
];

/** Where a run contradicts the README, a sentence each. An interrupted run proves nothing. */
export function noteContradictions(run: ClaimedRun): readonly string[] {
  if (run.loadtest.interrupted) return [];
  return readmeClaims.flatMap((claim) => {
    const contradiction = claim.contradiction(run);
    return contradiction === null ? [] : [`the README says "${claim.words}", and this run says otherwise: ${contradiction}; please report it`];
  });
}
