import type { Exchange } from './exchange.ts';
import type { HttpClient, HttpClientOptions } from './http-client.ts';
import { RequestTable } from './request-table.ts';
import { parseServiceUrl } from './service-url.ts';

/** What became of one request. */
export type Ended = Pick<
  Exchange,
  | 'wantedMs' | 'connectStartMs' | 'connectedMs' | 'tlsStartMs' | 'tlsDoneMs' | 'gotConnectionMs' | 'sendStartMs' | 'sentMs'
  | 'firstByteMs' | 'endMs' | 'status' | 'failure' | 'isResent'
>;

/** A client whose requests can be awaited, with what it counted. */
export interface TestClient {
  readonly client: HttpClient;
  readonly sent: { count: number };
  readonly received: { count: number };
  /** How often the client told of an end. */
  readonly ends: { count: number };
  /** Sends the next request and resolves with a copy of what became of it. */
  readonly request: () => Promise<Ended>;
}

/** Makes a client for one id. */
export function createTestClient(
  url: string,
  create: (options: HttpClientOptions) => HttpClient,
  settings: { readonly timeoutMs?: number; readonly resend?: boolean } = {},
): TestClient {
  const service = parseServiceUrl(url);
  const sent = { count: 0 };
  const received = { count: 0 };
  const ends = { count: 0 };
  let onEnd: (() => void) | undefined;
  const client = create({
    service,
    requests: new RequestTable(service, ['P124'], { index: 0, count: 1 }),
    timeoutMs: settings.timeoutMs ?? 10_000,
    resend: settings.resend ?? true,
    sent,
    received,
    onEnd: () => {
      ends.count++;
      onEnd?.();
    },
  });
  return {
    client,
    sent,
    received,
    ends,
    request: () =>
      new Promise((resolve) => {
        onEnd = () => resolve(structuredClone(client.exchange));
        client.send(0);
      }),
  };
}
