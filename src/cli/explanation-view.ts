import type { AutoscalerExplanation } from '../autoscale/explanation.ts';
import type { WatchedMoment } from '../workflows/explain-autoscaler.ts';
import { formatReplicas, presentExplanation } from './present/explanation.ts';
import type { Style } from './style.ts';

/** Shows explanations as they come; its end leaves the terminal as a next line finds it. */
export interface ExplanationView extends Disposable {
  show(moment: WatchedMoment): void;
}

/** Where and how explanations are shown. */
export interface ExplanationDisplay {
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly errors: NodeJS.WritableStream;
  readonly style: Style;
  /** One JSON text a line. */
  readonly isJson: boolean;
}

/** Without a terminal a line comes for each change, and at least this often. */
const plainLineEveryMs = 15_000;

/** A block that is drawn anew on a terminal; elsewhere a line for each change, or a JSON text for each look. */
export async function createExplanationView(display: ExplanationDisplay): Promise<ExplanationView> {
  const { output, errors, style, isJson } = display;
  const sayFailure = ({ message }: Error) => style.careful(`can't look: ${message}`);
  if (isJson || !output.isTTY) {
    const show = isJson ? (explanation: AutoscalerExplanation) => output.write(`${JSON.stringify(explanation)}\n`) : createPlainView(output);
    return { show: (moment) => void ('failure' in moment ? errors.write(`${sayFailure(moment.failure)}\n`) : show(moment.explanation)), [Symbol.dispose]() {} };
  }
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(output);
  return {
    show: (moment) => update('failure' in moment ? sayFailure(moment.failure) : presentExplanation(moment.explanation, style)),
    [Symbol.dispose]: () => update.done(),
  };
}

function createPlainView(output: NodeJS.WritableStream): (explanation: AutoscalerExplanation) => void {
  let last: { readonly gist: string; readonly atMs: number } | undefined;
  return (explanation) => {
    const gist = gistOf(explanation);
    if (last?.gist === gist && explanation.atMs - last.atMs < plainLineEveryMs) return;
    last = { gist, atMs: explanation.atMs };
    output.write(`${new Date(explanation.atMs).toISOString().slice(11, 19)}Z  ${formatReplicas(explanation.replicas.current)}  ${explanation.text}\n`);
  };
}

/** What of an explanation makes it another one: not the countdown in it. */
function gistOf({ text, replicas }: AutoscalerExplanation): string {
  return `${replicas.current} ${text.replaceAll(/\d+(?: to \d+)? s(?= old|$|;)/g, '')}`;
}
