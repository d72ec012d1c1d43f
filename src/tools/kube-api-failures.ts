import { EnvironmentError, type ToolError } from './errors.ts';
import { isRecord, parseJson } from './json.ts';
import { KubeApiError } from './kube-api.ts';
import { shellQuote } from './shell-quote.ts';

/** The cluster can't be reached. */
export class ClusterDownError extends EnvironmentError {
  /** False when only the cluster behind the proxy is away and may come back. */
  readonly isFinal: boolean;

  constructor(context: string, why: string, options: { readonly isFinal: boolean; readonly cause?: unknown }) {
    super('PRICECTL_E_CLUSTER_DOWN', `can't reach the cluster of context ${context}: ${why}`, {
      hints: [`kubectl --context ${shellQuote(context)} cluster-info`],
      cause: options.cause,
    });
    this.isFinal = options.isFinal;
  }
}

/** The cluster doesn't let the user in, or kubectl has nothing to show it. */
export class CredentialsError extends EnvironmentError {
  constructor(context: string, why: string, cause?: unknown) {
    const hints = ['log in to the cluster again, as you did at first', `kubectl --context ${shellQuote(context)} get --raw /version shows whether it accepts you, and what the login program says`];
    super('PRICECTL_E_CREDENTIALS', `can't log in to the cluster of context ${context}: ${why}`, { hints, cause });
  }
}

/**
 * What kubectl says of a cluster that it couldn't ask: nobody answers, or there are no credentials. Its words are those of client-go
 * (plugin/pkg/client/auth/exec/exec.go), of Go's crypto/tls and of the login of OIDC.
 */
export function unreachable(context: string, said: string, options: { readonly isFinal: boolean; readonly cause?: unknown }): ClusterDownError | CredentialsError {
  const [text = ''] = said.trim().split('\n');
  const program = /getting credentials: exec: executable (\S+) (not found|failed with exit code \d+)/.exec(text);
  if (program !== null) return new CredentialsError(context, `its login program ${program[1]} ${program[2] === 'not found' ? "isn't installed" : program[2]}`, options.cause);
  if (/tls: (?:expired|bad) certificate/.test(text)) return new CredentialsError(context, `it refuses the client certificate (${text}), which has probably expired`, options.cause);
  if (!/dial tcp/.test(text) && /getting credentials|refresh token|No valid id-token|\boauth2: |You must be logged in/.test(text)) return new CredentialsError(context, text, options.cause);
  // A certificate doesn't get better by waiting.
  return new ClusterDownError(context, text.slice(0, 300), { ...options, isFinal: options.isFinal || /x509|tls: /.test(text) });
}

/** An answer of the API, or of the proxy in front of it. */
export interface KubeAnswer {
  readonly status: number;
  readonly body: string;
  /** Whether the API server itself answered: all its answers carry `Audit-Id`, `kubectl proxy`'s own don't. */
  readonly isOfServer: boolean;
  /** From its `Retry-After`, if it has one. */
  readonly retryAfterMs?: number | undefined;
}

/** What was asked for, as far as a failure has to say it. */
export interface KubeQuestion {
  readonly context: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
}

/** What an answer outside of 200 to 299 means. */
export function answerFailure(question: KubeQuestion, { status, body, isOfServer, retryAfterMs }: KubeAnswer): EnvironmentError | ToolError {
  const said = parseJson(body);
  // Gateways before the API server refuse logins, too.
  if (status === 401) return new CredentialsError(question.context, "it doesn't accept them (401 Unauthorized): a token or certificate has probably expired");
  if (isRecord(said) && said['kind'] === 'Status') return statusFailure(question, said, status, retryAfterMs);
  const text = body.trim().slice(0, 300);
  if (!isOfServer && status >= 500) return unreachable(question.context, text, { isFinal: false });
  const { method, path } = question;
  return new KubeApiError(status, 'Unknown', `the API server answers ${method} ${path} with ${status}${text === '' ? '' : `: ${text}`}`, { ...hintsFor(question, status), retryAfterMs });
}

/** What a Status object says, be it an answer or an `ERROR` of a watch. */
export function statusFailure(question: KubeQuestion, said: Readonly<Record<string, unknown>>, fallback: number, retryAfterMs?: number): KubeApiError {
  const status = typeof said['code'] === 'number' ? said['code'] : fallback;
  const reason = typeof said['reason'] === 'string' ? said['reason'] : 'Unknown';
  const message = typeof said['message'] === 'string' && said['message'] !== '' ? said['message'] : `${reason} (${status})`;
  return new KubeApiError(status, reason, message, { ...hintsFor(question, status, message), retryAfterMs });
}

function hintsFor(question: KubeQuestion, status: number, message = ''): { readonly hints?: readonly string[] } {
  if (status >= 500 || status === 429) return { hints: [`look how the API server is: kubectl --context ${shellQuote(question.context)} get --raw '/readyz?verbose'`] };
  const check = status === 403 ? accessCheck(question, refusedVerb(message)) : undefined;
  return check === undefined ? {} : { hints: [check] };
}

const verbs: Readonly<Record<string, string>> = { POST: 'create', PATCH: 'patch', DELETE: 'delete' };

/** The verb that a refusal names: an apply is a PATCH, and may lack the right to create. Undefined when it names none. */
function refusedVerb(message: string): string | undefined {
  return / cannot ([a-z]+) resource /.exec(message)?.[1];
}

/** The command that says whether the user may do what was asked; undefined for a path that is no resource. The verb follows from the method unless it is given. */
export function accessCheck({ context, method, path }: KubeQuestion, verb?: string): string | undefined {
  const { pathname, searchParams } = new URL(path, 'http://localhost');
  const found = /^\/(?:api\/v1|apis\/(?<group>[^/]+)\/[^/]+)(?:\/namespaces\/(?<namespace>[^/]+)(?=\/))?\/(?<resource>[^/]+)(?:\/(?<name>[^/]+)(?:\/(?<sub>[^/]+))?)?/.exec(pathname);
  if (found?.groups === undefined) return undefined;
  const { group, namespace, resource, name, sub } = found.groups;
  const reading = searchParams.has('watch') ? 'watch' : name === undefined ? 'list' : 'get';
  return [
    `kubectl --context ${shellQuote(context)} auth can-i ${verb ?? verbs[method] ?? reading} ${resource}${group === undefined ? '' : `.${group}`}`,
    ...(sub === undefined ? [] : [`--subresource ${sub.split(':', 1)[0]}`]),
    ...(namespace === undefined ? [] : [`--namespace ${namespace}`]),
  ].join(' ');
}
