import type { Connection, Target } from '../targets/target.ts';
import { UsageError } from '../tools/errors.ts';
import { idsOfPrices, readIds } from './load-ids.ts';

/** What is to be loaded, as the flags say it. */
export interface LoadChoice {
  /** Another service than ours. */
  readonly url: string | undefined;
  /** File of ids. */
  readonly idsFile: string | undefined;
  /** Whether there must be ids to ask for, as there must be without it: a script brings its own. */
  readonly needsIds?: boolean;
}

/** A service to load; the way to it ends on disposal. */
export interface ChosenLoad extends AsyncDisposable {
  readonly url: string;
  readonly ids: readonly string[];
  /** The target when the service is ours. */
  readonly target: Target | undefined;
  /** What makes the way to the service no path for a load test, in words; null when it is one. */
  readonly warning: string | null;
}

/** A way to our service. */
export type Connect = (signal: AbortSignal) => Promise<Connection>;

/**
 * Finds the service and the ids to ask it for: those of the file, else those of the service's own price list.
 * Throws EnvironmentError when our service isn't up, UsageError when a foreign one comes without ids.
 */
export async function chooseLoad(choice: LoadChoice, target: Target, signal: AbortSignal, connect: Connect = (abort) => target.connect(abort)): Promise<ChosenLoad> {
  const { needsIds = true } = choice;
  const ids = choice.idsFile === undefined ? undefined : await readIds(choice.idsFile);
  const snapshot = await target.snapshot(signal);
  if (choice.url !== undefined && !isSameUrl(choice.url, snapshot.url)) {
    if (ids === undefined && needsIds) throw new UsageError('PRICECTL_E_USAGE', '--url (PRICECTL_URL) needs --ids FILE: which ids to ask that service for');
    return { url: choice.url, ids: ids ?? [], target: undefined, warning: null, async [Symbol.asyncDispose]() {} };
  }
  await using opened = new AsyncDisposableStack();
  const { url, warning } = opened.use(await connect(signal));
  const chosen = { url, warning, ids: ids ?? (needsIds ? await idsOfService(target, signal) : []), target };
  const kept = opened.move();
  return { ...chosen, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function idsOfService(target: Target, signal: AbortSignal): Promise<readonly string[]> {
  const running = await target.runningSettings(signal);
  return idsOfPrices(running?.prices ?? '', signal);
}

/** Whether a URL is that of our service: `pricectl shell` sets PRICECTL_URL to it. */
function isSameUrl(url: string, ours: string | null): boolean {
  return ours !== null && new URL(url).href === new URL(ours).href;
}
