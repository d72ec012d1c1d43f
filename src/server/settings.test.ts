import { expect, test } from 'vitest';
import { checkServerSettings, defaultServerSettings, readServerSettings } from './settings.ts';

const code = 'PRICECTL_E_SERVER_SETTINGS';

test('takes the defaults from an environment that names only the prices', () => {
  expect(readServerSettings({ PRICECTL_PRICES: 'p.txt', PRICECTL_PORT: '', HOME: '/' })).toEqual({ ...defaultServerSettings, prices: 'p.txt' });
});

test('listens on loopback alone unless it is told otherwise', () => {
  expect(defaultServerSettings).toMatchObject({ host: '127.0.0.1', port: 5_000, maxConnectionAgeMs: 10_000, drainDeadlineMs: 15_000 });
});

test('reads every setting', () => {
  const env = {
    PRICECTL_PRICES: 'https://example.com/p.txt',
    PRICECTL_LISTEN: 'parent',
    PRICECTL_HOST: '0.0.0.0',
    PRICECTL_PORT: '0',
    PRICECTL_SOCKET: '/run/x.sock',
    PRICECTL_MAX_CONNECTION_AGE: '0',
    PRICECTL_MAX_CONNECTIONS: '1',
    PRICECTL_DRAIN_DEADLINE: '1h',
    PRICECTL_DRAIN_QUIET: '5s',
    PRICECTL_MAX_HEADER_BYTES: '2048',
    PRICECTL_MAX_URL_BYTES: '64',
    PRICECTL_MAX_BODY_BYTES: '65',
    PRICECTL_HEADERS_TIMEOUT: '500ms',
    PRICECTL_REQUEST_TIMEOUT: '2m',
    PRICECTL_SEND_TIMEOUT: '3m',
    PRICECTL_KEEP_ALIVE_TIMEOUT: '90s',
    PRICECTL_POLL_INTERVAL: '100ms',
  };
  const settings = readServerSettings(env);
  expect(settings).toEqual({
    prices: 'https://example.com/p.txt',
    listen: 'parent',
    host: '0.0.0.0',
    port: 0,
    socket: '/run/x.sock',
    maxConnectionAgeMs: 0,
    maxConnections: 1,
    drainDeadlineMs: 3_600_000,
    drainQuietMs: 5_000,
    maxHeaderBytes: 2_048,
    maxUrlBytes: 64,
    maxBodyBytes: 65,
    headersTimeoutMs: 500,
    requestTimeoutMs: 120_000,
    sendTimeoutMs: 180_000,
    keepAliveTimeoutMs: 90_000,
    pollIntervalMs: 100,
  });
  // No setting is left to its default here, so a new one has to be added to this test.
  expect(Object.entries(settings).filter(([name, value]) => value === Reflect.get(defaultServerSettings, name))).toEqual([]);
});

test.each([
  ['PRICECTL_LISTEN', 'both'],
  ['PRICECTL_PORT', '65536'],
  ['PRICECTL_PORT', '-1'],
  ['PRICECTL_PORT', '80x'],
  ['PRICECTL_PORT', '1e3'],
  ['PRICECTL_PORT', '99999999999999999999'],
  ['PRICECTL_SOCKET', 'relative.sock'],
  ['PRICECTL_MAX_CONNECTION_AGE', '10'],
  ['PRICECTL_MAX_CONNECTION_AGE', '10 s'],
  ['PRICECTL_MAX_CONNECTION_AGE', '-1s'],
  ['PRICECTL_MAX_CONNECTION_AGE', '25h'],
  ['PRICECTL_MAX_CONNECTIONS', '0'],
  ['PRICECTL_REQUEST_TIMEOUT', '0'],
  ['PRICECTL_HEADERS_TIMEOUT', '2m'],
  ['PRICECTL_POLL_INTERVAL', '1ms'],
  ['PRICECTL_PRICES', ''],
])('refuses %s=%s', (name, value) => {
  expect(() => readServerSettings({ PRICECTL_PRICES: 'p.txt', [name]: value })).toThrow(expect.objectContaining({ code, kind: 'usage', message: expect.stringContaining(name) }));
});

test.each([{ port: 1.5 }, { port: Number.NaN }, { maxBodyBytes: 0 }, { headersTimeoutMs: 60_001 }, { prices: '' }])('refuses %j from a caller', (change) => {
  expect(() => checkServerSettings({ ...defaultServerSettings, prices: 'p.txt', ...change })).toThrow(expect.objectContaining({ code }));
});
