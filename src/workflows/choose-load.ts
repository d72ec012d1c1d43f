import { urlOf } from '../targets/not-up.ts';
import type { Target } from '../targets/target.ts';
import { UsageError } from '../tools/errors.ts';
import { idsOfPrices, readIds } from './load-ids.ts';

/** What is to be loaded, as the flags say it. */
export interface LoadChoice {
  /** Another service than ours. */
  readonly url: string | undefined;
  /** File of ids. */
  readonly idsFile: string | undefined;
}

/** A service to load. */
export interface ChosenLoad {
  readonly url: string;
  readonly ids: readonly string[];
  /** The target when the service is ours. */
  readonly target: Target | undefined;
}

/**
 * Finds the service and the ids to ask it for: those of the file, else those of the service's own price list.
 * Throws EnvironmentError when our service isn't up, UsageError when a foreign one comes without ids.
 */
export async function chooseLoad(choice: LoadChoice, target: Target, signal: AbortSignal): Promise<ChosenLoad> {
  const ids = choice.idsFile === undefined ? undefined : await readIds(choice.idsFile);
  const snapshot = await target.snapshot(signal);
  if (choice.url !== undefined && !isSameUrl(choice.url, snapshot.url)) {
    if (ids === undefined) throw new UsageError('PRICECTL_E_USAGE', '--url (PRICECTL_URL) needs --ids FILE: which ids to ask that service for');
    return { url: choice.url, ids, target: undefined };
  }
  const url = urlOf(snapshot);
  const running = await target.runningSettings(signal);
  return { url, ids: ids ?? (await idsOfPrices(running?.prices ?? '', signal)), target };
}

/** Whether a URL is that of our service: `pricectl shell` sets PRICECTL_URL to it. */
function isSameUrl(url: string, ours: string | null): boolean {
  return ours !== null && new URL(url).href === new URL(ours).href;
}
