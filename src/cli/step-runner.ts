import type { Step } from '../targets/target.ts';
import { runStep, runStepsSilently, type StepResult, type StepRunner } from '../workflows/steps.ts';
import { stepLine, stepProgressLine } from './present/step.ts';
import type { Style } from './style.ts';

/** Where and how steps are shown. */
export interface StepDisplay {
  readonly stream: NodeJS.WriteStream;
  readonly style: Style;
  /** `--quiet`. */
  readonly isQuiet: boolean;
}

/** A step runner for this display: a live list on a terminal, one line a finished step elsewhere, nothing when quiet. */
export function createStepRunner(display: StepDisplay): StepRunner {
  if (display.isQuiet) return runStepsSilently;
  return display.stream.isTTY ? createTerminalRunner(display) : createPlainRunner(display);
}

function createPlainRunner({ stream, style }: StepDisplay): StepRunner {
  return async (steps, signal) => {
    const results: StepResult[] = [];
    for (const step of steps) {
      try {
        const result = await runStep(step, { signal, progress: () => {} });
        stream.write(`  ${stepLine(result, style)}\n`);
        results.push(result);
      } catch (error) {
        stream.write(`  ${stepLine({ title: step.title, outcome: 'failed', ms: 0, detail: 'failed', warnings: [] }, style)}\n`);
        throw error;
      }
    }
    return results;
  };
}

/**
 * listr2 draws on stderr and leaves signals to us: its own handler would end the process with 127 before our clean-up.
 * Its icons are the marks, so our lines come without.
 */
function createTerminalRunner({ stream, style }: StepDisplay): StepRunner {
  return async (steps, signal) => {
    const { Listr, ListrLogger, ProcessOutput } = await import('listr2');
    const results: StepResult[] = [];
    const toTask = (step: Step) => ({
      title: stepProgressLine(step.title, '', style),
      task: async (_context: unknown, task: { title: string | undefined }) => {
        const progress = (text: string) => {
          task.title = stepProgressLine(step.title, text, style);
        };
        const result = await runStep(step, { signal, progress });
        task.title = stepLine({ ...result }, style, false);
        results.push(result);
      },
    });
    const list = new Listr(steps.map(toTask), {
      concurrent: false,
      registerSignalListeners: false,
      renderer: 'default',
      rendererOptions: {
        collapseErrors: false,
        showErrorMessage: false,
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- its log levels are a type parameter that nothing here can name
        logger: new ListrLogger({ processOutput: new ProcessOutput(stream, stream) }),
      },
    });
    await list.run();
    return results;
  };
}
