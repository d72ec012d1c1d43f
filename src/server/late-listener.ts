import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** A listener that is created when the first request needs it, or before. */
export interface LateListener {
  readonly listener: RequestListener;
  /** Creates the listener unless that has begun. Rejects with what `create` throws. */
  load(): Promise<RequestListener>;
}

/** `create` is called once; requests wait for it. When it fails `answerError` answers them. */
export function createLateListener(
  create: () => Promise<RequestListener>,
  answerError: (error: unknown, request: IncomingMessage, response: ServerResponse) => void,
): LateListener {
  let loading: Promise<RequestListener> | undefined;
  let loaded: RequestListener | undefined;
  const load = () => (loading ??= create());
  const wait = async (...[request, response]: Parameters<RequestListener>) => {
    try {
      loaded = await load();
    } catch (error) {
      answerError(error, request, response);
      return;
    }
    loaded(request, response);
  };
  return { listener: (request, response) => (loaded === undefined ? void wait(request, response) : loaded(request, response)), load };
}
