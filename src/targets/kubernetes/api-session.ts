import type { Clock } from '../../tools/clock.ts';
import type { KubeApi } from '../../tools/kube-api.ts';
import { createPatientApi } from '../../tools/kube-api-patience.ts';
import type { Kubectl } from '../../tools/kubectl.ts';

/** One connection to a cluster's API for as long as it is needed. */
export interface ApiSession extends AsyncDisposable {
  /** The API; opened at the first call. One that couldn't be opened is tried again at the next. Throws what `Kubectl.openApi` throws. */
  open(signal: AbortSignal): Promise<KubeApi>;
  /** Closes it; the next call of `open` opens another: the cluster was started anew. */
  reset(): Promise<void>;
}

/** The same session for work that should survive the restart of an API server. */
export function patientSession(session: ApiSession, clock: Clock): ApiSession {
  return { ...session, open: async (signal) => createPatientApi(await session.open(signal), clock) };
}

/** A session that opens nothing by itself. */
export function createApiSession(kubectl: Pick<Kubectl, 'openApi'>): ApiSession {
  let opening: Promise<KubeApi & AsyncDisposable> | undefined;
  const close = async () => {
    const open = await opening?.catch(() => undefined);
    opening = undefined;
    await open?.[Symbol.asyncDispose]();
  };
  return {
    open(signal) {
      opening ??= kubectl.openApi(signal).catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    reset: close,
    [Symbol.asyncDispose]: close,
  };
}
