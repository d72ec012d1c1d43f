import type { Step } from './target.ts';

/** A step of `up` that only reads, as a step of its plan: what it would do is skipped. */
export function planned(step: Step): Step {
  return {
    title: step.title,
    async run(context) {
      const report = await step.run(context);
      return report.outcome === 'done' ? { ...report, outcome: 'skipped', detail: `${report.detail}, not delivered yet` } : report;
    },
  };
}
