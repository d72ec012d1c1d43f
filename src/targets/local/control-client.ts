import { dirname } from 'node:path';
import { EnvironmentError, PricectlError, ToolError } from '../../tools/errors.ts';
import { isPrivateFolder } from '../../tools/files.ts';
import { getJson, type HttpClient } from '../../tools/http.ts';
import { isRecord, parseJson } from '../../tools/json.ts';
import { type Access, asRefusal, protocolVersion, type Report, type Wish } from './control-protocol.ts';

/** What stands in a request's Host. For a name that is no address Node would compile the expression for one of IPv6: 3 ms of a command's start. */
const origin = 'http://127.0.0.1';

/** Time for a supervisor's answer. It asks its replicas meanwhile, and they may be busy. */
const timeoutMs = 5_000;

/**
 * Gives orders to a supervisor on its socket. Every method throws EnvironmentError `PRICECTL_E_UNREACHABLE` when nobody is there, or when the socket
 * may be somebody else's, TimeoutError when there is no answer in time, and the signal's reason on abort.
 */
export class ControlClient {
  readonly #http: HttpClient;
  readonly #socketPath: string;

  constructor(http: HttpClient, socketPath: string) {
    this.#http = http;
    this.#socketPath = socketPath;
  }

  /** Throws EnvironmentError `PRICECTL_E_SUPERVISOR_VERSION` when the supervisor is one of another version that we don't understand. */
  async report(signal: AbortSignal): Promise<Report> {
    const report = await this.#ask('/report', signal);
    if (isReport(report)) return report;
    throw new EnvironmentError('PRICECTL_E_SUPERVISOR_VERSION', 'the supervisor is of another version of pricectl', {
      hints: ['pricectl down, then pricectl up'],
    });
  }

  /** Where the service is; undefined when the supervisor is of another version, which can only be asked for its report. */
  async access(signal: AbortSignal): Promise<Access | undefined> {
    try {
      const access = await this.#ask('/access', signal);
      return isAccess(access) ? access : undefined;
    } catch (error) {
      if (error instanceof PricectlError && error.code === 'PRICECTL_E_HTTP_STATUS') return undefined;
      throw error;
    }
  }

  /** Resolves when the supervisor has taken the wish over, before the replicas are as wished. Throws EnvironmentError with the supervisor's code when it refuses. */
  async apply(wish: Wish, signal: AbortSignal): Promise<void> {
    await this.#order('PUT', '/wish', signal, JSON.stringify(wish));
  }

  /** Resolves when the supervisor has begun to stop. */
  async stop(signal: AbortSignal): Promise<void> {
    await this.#order('POST', '/stop', signal);
  }

  async #ask(path: string, signal: AbortSignal): Promise<unknown> {
    await this.#refuseForeign();
    return getJson(this.#http, `${origin}${path}`, { socketPath: this.#socketPath, timeoutMs, signal });
  }

  async #order(method: 'PUT' | 'POST', path: string, signal: AbortSignal, body = ''): Promise<void> {
    await this.#refuseForeign();
    const answer = await this.#http.request(`${origin}${path}`, { method, body, socketPath: this.#socketPath, timeoutMs, signal });
    if (answer.status < 300) return;
    const refusal = asRefusal(parseJson(answer.body));
    if (refusal !== undefined) throw new EnvironmentError(refusal.code, refusal.message);
    throw new ToolError('PRICECTL_E_CONTROL', `the supervisor answers ${answer.status} to ${method} ${path}`);
  }

  /** Systems remove what lies long in the folder for temporary files; then anybody may make a folder of the same name. */
  async #refuseForeign(): Promise<void> {
    const folder = dirname(this.#socketPath);
    if (!(await isPrivateFolder(folder))) throw new EnvironmentError('PRICECTL_E_UNREACHABLE', `${folder}, where the supervisor's socket was, is gone or not this user's alone`);
  }
}

/** The socket is ours alone, so what says our version of the protocol keeps to it. */
function isReport(value: unknown): value is Report {
  return keepsProtocol(value);
}

function isAccess(value: unknown): value is Access {
  return keepsProtocol(value);
}

function keepsProtocol(value: unknown): boolean {
  return isRecord(value) && value['protocolVersion'] === protocolVersion;
}
