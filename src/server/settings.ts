import { isAbsolute } from 'node:path';
import { UsageError } from '../tools/errors.ts';

/** What a server runs with. Durations are in milliseconds, sizes in bytes. */
export interface ServerSettings {
  /** The price list: path of a file, or an http(s) URL. */
  readonly prices: string;
  /** `port`: listens itself. `parent`: the process that forked it accepts the connections and hands them over (`handover.ts`). */
  readonly listen: 'port' | 'parent';
  /** Address to listen on. */
  readonly host: string;
  /** TCP port to listen on; 0 takes a free one. */
  readonly port: number;
  /** Absolute path of a Unix socket to listen on beside that, for its owner alone; null is none. */
  readonly socket: string | null;
  /** Age +-20 % from which a connection is closed after its next response; 0 is off. */
  readonly maxConnectionAgeMs: number;
  /** Connections beyond this many are closed unanswered. */
  readonly maxConnections: number;
  /** How long a drain waits for clients before it closes their connections. */
  readonly drainDeadlineMs: number;
  /** How long there must have been no connection before a draining server stops listening. */
  readonly drainQuietMs: number;
  /** Size of a request's head, its URL included; 431 beyond. */
  readonly maxHeaderBytes: number;
  /** Length of a request's URL as sent; 414 beyond. */
  readonly maxUrlBytes: number;
  /** Size of a request's body; 413 beyond. */
  readonly maxBodyBytes: number;
  /** Time for a request's head, and for a new connection's first request; 408 beyond. At most `requestTimeoutMs`. */
  readonly headersTimeoutMs: number;
  /** Time for a whole request; 408 beyond. */
  readonly requestTimeoutMs: number;
  /** How long a client may take nothing of its answer before its connection is closed; somewhat longer than `requestTimeoutMs` at least. */
  readonly sendTimeoutMs: number;
  /** How long a connection may idle between requests. Longer than a load balancer's own limit (60 s is usual), so that it closes first. */
  readonly keepAliveTimeoutMs: number;
  /** How often the price list is looked at for changes; null is every second for a file, every 30 s for a URL. */
  readonly pollIntervalMs: number | null;
}

const hourMs = 3_600_000;

/** Environment variable, default, and range where it is a number, of each setting. */
const settings = {
  prices: { variable: 'PRICECTL_PRICES', initial: '' },
  listen: { variable: 'PRICECTL_LISTEN', initial: 'port' },
  host: { variable: 'PRICECTL_HOST', initial: '127.0.0.1' },
  port: { variable: 'PRICECTL_PORT', initial: 5_000, min: 0, max: 65_535 },
  socket: { variable: 'PRICECTL_SOCKET', initial: null },
  maxConnectionAgeMs: { variable: 'PRICECTL_MAX_CONNECTION_AGE', initial: 10_000, min: 0, max: 24 * hourMs },
  maxConnections: { variable: 'PRICECTL_MAX_CONNECTIONS', initial: 10_000, min: 1, max: 1_000_000 },
  drainDeadlineMs: { variable: 'PRICECTL_DRAIN_DEADLINE', initial: 15_000, min: 0, max: hourMs },
  drainQuietMs: { variable: 'PRICECTL_DRAIN_QUIET', initial: 250, min: 0, max: hourMs },
  maxHeaderBytes: { variable: 'PRICECTL_MAX_HEADER_BYTES', initial: 16_384, min: 1_024, max: 1_048_576 },
  maxUrlBytes: { variable: 'PRICECTL_MAX_URL_BYTES', initial: 8_192, min: 64, max: 1_048_576 },
  maxBodyBytes: { variable: 'PRICECTL_MAX_BODY_BYTES', initial: 1_048_576, min: 64, max: 67_108_864 },
  headersTimeoutMs: { variable: 'PRICECTL_HEADERS_TIMEOUT', initial: 30_000, min: 50, max: hourMs },
  requestTimeoutMs: { variable: 'PRICECTL_REQUEST_TIMEOUT', initial: 60_000, min: 50, max: hourMs },
  sendTimeoutMs: { variable: 'PRICECTL_SEND_TIMEOUT', initial: 60_000, min: 50, max: hourMs },
  keepAliveTimeoutMs: { variable: 'PRICECTL_KEEP_ALIVE_TIMEOUT', initial: 75_000, min: 1_000, max: hourMs },
  pollIntervalMs: { variable: 'PRICECTL_POLL_INTERVAL', initial: null, min: 50, max: hourMs },
} as const satisfies Record<keyof ServerSettings, Setting>;

/** One row of the table above. */
interface Setting {
  readonly variable: `PRICECTL_${string}`;
  readonly initial: string | number | null;
  readonly min?: number;
  readonly max?: number;
}

/** Settings that a number stands for, and those of them that always have one. */
type RangedSetting = NumericSetting | 'pollIntervalMs';
type NumericSetting = { [K in keyof ServerSettings]: ServerSettings[K] extends number ? K : never }[keyof ServerSettings];

/** Environment variables as Node gives them. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Every setting's default. `prices` has none and is empty. */
export const defaultServerSettings: ServerSettings = {
  prices: settings.prices.initial,
  listen: settings.listen.initial,
  host: settings.host.initial,
  socket: settings.socket.initial,
  pollIntervalMs: settings.pollIntervalMs.initial,
  ...numbers((name) => settings[name].initial),
};

/**
 * Settings from environment variables: `PRICECTL_` and the setting's name (`PRICECTL_MAX_CONNECTION_AGE`), an unset or empty one meaning the
 * default. Durations have a unit (`500ms`, `10s`, `5m`, `1h`; `0`), everything else is a plain number. Throws UsageError
 * `PRICECTL_E_SERVER_SETTINGS` naming the variable.
 */
export function readServerSettings(env: Environment): ServerSettings {
  const read = (name: keyof ServerSettings) => env[settings[name].variable] || undefined;
  const readRanged = (name: RangedSetting) => {
    const text = read(name);
    return text === undefined ? undefined : readNumber(name, text);
  };
  const listen = read('listen') ?? defaultServerSettings.listen;
  if (listen !== 'port' && listen !== 'parent') {
    throw invalid('listen', `is ${JSON.stringify(listen)}, not "port" or "parent"`);
  }
  return checkServerSettings({
    prices: read('prices') ?? '',
    listen,
    host: read('host') ?? defaultServerSettings.host,
    socket: read('socket') ?? null,
    pollIntervalMs: readRanged('pollIntervalMs') ?? null,
    ...numbers((name) => readRanged(name) ?? defaultServerSettings[name]),
  });
}

/** Returns the settings when they make sense, each alone and together. Throws UsageError `PRICECTL_E_SERVER_SETTINGS`. */
export function checkServerSettings(given: ServerSettings): ServerSettings {
  if (given.prices === '') throw invalid('prices', 'is missing: it names the price list, a file or an http(s) URL');
  numbers((name) => checkRange(name, given[name]));
  if (given.pollIntervalMs !== null) checkRange('pollIntervalMs', given.pollIntervalMs);
  if (given.headersTimeoutMs > given.requestTimeoutMs) {
    throw invalid('headersTimeoutMs', `is longer than ${settings.requestTimeoutMs.variable}, which includes it`);
  }
  if (given.socket !== null && !isAbsolute(given.socket)) throw invalid('socket', 'is not an absolute path');
  return given;
}

function checkRange(name: RangedSetting, value: number): number {
  const { min, max } = settings[name];
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw invalid(name, `is ${value}, outside of ${min} to ${max}${name.endsWith('Ms') ? ' ms' : ''}`);
}

function readNumber(name: RangedSetting, text: string): number {
  if (!name.endsWith('Ms')) {
    if (!/^\d{1,15}$/.test(text)) throw invalid(name, `is ${JSON.stringify(text)}, not a whole number`);
    return Number(text);
  }
  if (text === '0') return 0;
  const [, amount, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? [];
  if (amount === undefined) throw invalid(name, `is ${JSON.stringify(text)}, not a duration such as 500ms, 10s or 5m`);
  return Number(amount) * (unit === 'ms' ? 1 : unit === 's' ? 1_000 : unit === 'm' ? 60_000 : hourMs);
}

/** The numeric settings with the value that `valueOf` gives each. */
function numbers(valueOf: (name: NumericSetting) => number): Pick<ServerSettings, NumericSetting> {
  return {
    port: valueOf('port'),
    maxConnectionAgeMs: valueOf('maxConnectionAgeMs'),
    maxConnections: valueOf('maxConnections'),
    drainDeadlineMs: valueOf('drainDeadlineMs'),
    drainQuietMs: valueOf('drainQuietMs'),
    maxHeaderBytes: valueOf('maxHeaderBytes'),
    maxUrlBytes: valueOf('maxUrlBytes'),
    maxBodyBytes: valueOf('maxBodyBytes'),
    headersTimeoutMs: valueOf('headersTimeoutMs'),
    requestTimeoutMs: valueOf('requestTimeoutMs'),
    sendTimeoutMs: valueOf('sendTimeoutMs'),
    keepAliveTimeoutMs: valueOf('keepAliveTimeoutMs'),
  };
}

function invalid(name: keyof ServerSettings, problem: string): UsageError {
  return new UsageError('PRICECTL_E_SERVER_SETTINGS', `${settings[name].variable} ${problem}`);
}
