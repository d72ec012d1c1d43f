import type { KubeApi } from '../../tools/kube-api.ts';
import type { Kubectl } from '../../tools/kubectl.ts';

/** One connection to a cluster's API for as long as it is needed. */
export interface ApiSession extends AsyncDisposable {
  /** The API; opened at the first call. One that couldn't be opened is tried again at the next. Throws what `Kubectl.openApi` throws. */
  open(signal: AbortSignal): Promise<KubeApi>;
  /** Closes it; the next call of `open` opens another: the cluster was started anew. */
  reset(): Promise<void>;
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
