import { ToolError } from '../../tools/errors.ts';
import { type K6Process, type K6ProcessSpec, startK6 } from './k6-process.ts';

/** Processes that make one load; they end on disposal at the latest. */
export interface K6Group extends AsyncDisposable {
  readonly processes: readonly K6Process[];
}

/** What to start; flags for each process. */
export type K6GroupSpec = Omit<K6ProcessSpec, 'name' | 'flags'> & { readonly flags: readonly (readonly string[])[] };

/**
 * Starts processes, waits until all have set up their virtual users, and lets them begin together. Throws what `startK6` throws, and ToolError
 * `PRICECTL_E_K6` for one that doesn't begin; none is left then.
 */
export async function startTogether(spec: K6GroupSpec, signal: AbortSignal): Promise<K6Group> {
  const giveUp = new AbortController();
  const either = AbortSignal.any([signal, giveUp.signal]);
  const starting = spec.flags.map((flags, index) => startK6({ ...spec, flags, name: `k6-${index + 1}` }, either));
  // The first failure ends the others; its reason counts, not theirs.
  for (const start of starting) start.catch((error: unknown) => giveUp.abort(error));
  const settled = await Promise.allSettled(starting);
  const processes = settled.flatMap((start) => (start.status === 'fulfilled' ? start.value : []));
  const dispose = async (): Promise<void> => {
    await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()));
  };
  try {
    signal.throwIfAborted();
    if (giveUp.signal.aborted) throw giveUp.signal.reason;
    const taken = await Promise.all(processes.map(({ rest }) => rest.tell({ paused: false })));
    const late = processes.find((_, index) => taken[index] === false);
    if (late !== undefined) throw new ToolError('PRICECTL_E_K6', `${late.name} didn't take the command to begin`);
  } catch (error) {
    await dispose();
    throw error;
  }
  return { processes, [Symbol.asyncDispose]: dispose };
}
