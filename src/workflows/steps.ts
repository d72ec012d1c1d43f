import type { Step, StepContext, StepOutcome } from '../targets/target.ts';
import { plainText } from '../tools/plain-text.ts';
import { withoutSecrets } from '../tools/secrets.ts';

/** How one step went, as the JSON of `up` and `down` shows it. */
export interface StepResult {
  readonly title: string;
  readonly outcome: StepOutcome;
  /** Wall time in milliseconds. */
  readonly ms: number;
  /** One short line for people. */
  readonly detail: string;
  /** What the user should know although it did not fail, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Runs steps in order, shows them while they run, and ends at the first that fails with that step's error.
 * The CLI gives one that draws on the terminal.
 */
export type StepRunner = (steps: readonly Step[], signal: AbortSignal) => Promise<readonly StepResult[]>;

/** Runs one step and times it. Throws what the step throws; the signal's reason when it aborted before. */
export async function runStep(step: Step, context: StepContext): Promise<StepResult> {
  context.signal.throwIfAborted();
  const startedAt = performance.now();
  const progress = (text: string) => context.progress(told(text));
  const { outcome, detail, warnings = [] } = await step.run({ ...context, progress });
  return { title: step.title, outcome, detail: told(detail), warnings: warnings.map(told), ms: Math.round(performance.now() - startedAt) };
}

/** A text that may quote tools and clusters, as it can be shown. */
function told(text: string): string {
  return withoutSecrets(plainText(text));
}

/** A runner that shows nothing. */
export const runStepsSilently: StepRunner = async (steps, signal) => {
  const results: StepResult[] = [];
  for (const step of steps) results.push(await runStep(step, { signal, progress: () => {} }));
  return results;
};
