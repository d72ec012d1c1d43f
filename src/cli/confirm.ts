import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { UsageError } from '../tools/errors.ts';

/** Where a question is asked, and where its answer comes from. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** What is to be confirmed. */
export interface Confirmation {
  /** Name of the cluster's context, which the user types. */
  readonly context: string;
  /** `--yes`. */
  readonly isGiven: boolean;
  /** Nobody is asked with `--json` or `--quiet`. */
  readonly maySpeak: boolean;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/**
 * Lets a change of a cluster that isn't local pass when the user said `--yes` or types the name of its context. Throws UsageError
 * `PRICECTL_E_NOT_CONFIRMED` when the user types something else or can't be asked, the signal's reason on abort.
 */
export async function confirmContext({ context, isGiven, maySpeak, terminal, signal }: Confirmation): Promise<void> {
  if (isGiven) return;
  const { input, output } = terminal;
  const why = `${context} isn't a local cluster`;
  if (!maySpeak || !input.isTTY || !output.isTTY) {
    throw new UsageError('PRICECTL_E_NOT_CONFIRMED', `${why}: changing it needs --yes`, { hints: ['add --yes when it is the right one'] });
  }
  const answer = await ask(terminal, `${why}. Type its name to change it: `, signal);
  if (answer?.trim() === context) return;
  const what = answer === undefined ? "didn't type it" : 'typed something else';
  throw new UsageError('PRICECTL_E_NOT_CONFIRMED', `${why}, and you ${what}: nothing is changed`);
}

/** What is to be removed for good. */
export interface Removal extends Pick<Confirmation, 'isGiven' | 'maySpeak' | 'terminal' | 'signal'> {
  /** `all 12 recorded runs` */
  readonly what: string;
}

/**
 * Lets a removal pass when the user said `--yes` or types "yes". Throws UsageError `PRICECTL_E_NOT_CONFIRMED` when the user types something else or can't be
 * asked, the signal's reason on abort.
 */
export async function confirmRemoval({ what, isGiven, maySpeak, terminal, signal }: Removal): Promise<void> {
  if (isGiven) return;
  if (!maySpeak || !terminal.input.isTTY || !terminal.output.isTTY) {
    throw new UsageError('PRICECTL_E_NOT_CONFIRMED', `deleting ${what} needs --yes`, { hints: ['add --yes when you mean it'] });
  }
  const answer = await ask(terminal, `Delete ${what}? Type yes: `, signal);
  if (answer?.trim() !== 'yes') throw new UsageError('PRICECTL_E_NOT_CONFIRMED', `${what} stay: you didn't type yes`);
}

/** The line that the user types; undefined when the input ends without one. */
async function ask({ input, output }: Terminal, question: string, signal: AbortSignal): Promise<string | undefined> {
  const lines = createInterface({ input, output });
  // On a terminal readline takes Ctrl-C for itself; the command listens to the signal.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const end = once(lines, 'close').then(() => undefined);
  try {
    const answer = await Promise.race([lines.question(question, { signal }).catch(noAnswer), end]);
    signal.throwIfAborted();
    if (answer === undefined) output.write('\n');
    return answer;
  } finally {
    lines.close();
  }
}

/** Of an abort, and of Ctrl-D. */
function noAnswer(error: unknown): undefined {
  if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
}
