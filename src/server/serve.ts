import { once } from 'node:events';
import type { openPriceFeed, PriceFeed } from '../prices/feed.ts';
import type { PriceFeedObserver } from '../prices/follow.ts';
import { describePriceSource, parsePriceSource } from '../prices/source.ts';
import type { PriceTable } from '../prices/table.ts';
import { EnvironmentError } from '../tools/errors.ts';
import { withoutSecrets } from '../tools/secrets.ts';
import { type ConnectionSource, drain } from './drain.ts';
import { receiveConnections } from './handover.ts';
import { listenOnPort, listenOnSocket } from './listen.ts';
import { createService, type Service, type ServiceOptions } from './service.ts';
import { checkServerSettings, type ServerSettings } from './settings.ts';
import { describeSource } from './version.ts';

/** What `serve` gets from its caller. */
export interface ServeOptions extends ServiceOptions {
  /** Abort drains the server. */
  readonly signal: AbortSignal;
  /** Reads the prices and follows them. */
  readonly openFeed: typeof openPriceFeed;
}

/**
 * Runs the price server until the signal aborts, drains it, and returns. It listens from the start and is ready when its prices are loaded.
 * Prices that turn bad later are logged and the old ones stay. Throws UsageError for settings that make no sense, EnvironmentError when it
 * can't listen, can't read the prices, or its parent process died (`PRICECTL_E_ORPHANED`), NegativeError when the first prices are invalid.
 */
export async function serve(settings: ServerSettings, options: ServeOptions): Promise<void> {
  const service = createService(checkServerSettings(settings), options);
  const orphaned = new AbortController();
  const open: { close(): void }[] = [service];
  try {
    const source = await openSource(settings, service, orphaned);
    open.unshift(source);
    const addresses = [source.address];
    if (settings.socket !== null) {
      const side = await listenOnSocket(settings.socket, service.createSideServer());
      open.unshift(side);
      addresses.push(side.address);
    }
    options.log(`pricectl ${options.version} serves ${describeSource(settings.prices)} on ${addresses.join(' and ')}, process ${process.pid}`);
    await run({ settings, options, service, source, orphaned: orphaned.signal });
  } finally {
    for (const part of open) part.close();
    await service.connections.endAll(0);
  }
}

/** A server that listens. */
interface Running {
  readonly settings: ServerSettings;
  readonly options: ServeOptions;
  readonly service: Service;
  readonly source: ConnectionSource;
  /** Aborts with an error when the parent process is gone. */
  readonly orphaned: AbortSignal;
}

async function run({ settings, options, service, source, orphaned }: Running): Promise<void> {
  const { state, connections } = service;
  const ended = AbortSignal.any([options.signal, orphaned]);
  const feed = await followPrices(settings, options, service, ended);
  try {
    if (!ended.aborted) await once(ended, 'abort');
    orphaned.throwIfAborted();
    options.log(`draining: ${connections.count} connections, ${settings.drainDeadlineMs} ms at most`);
    const drained = drain({ state, connections, source, deadlineMs: settings.drainDeadlineMs });
    const isComplete = await Promise.race([drained, once(orphaned, 'abort')]);
    orphaned.throwIfAborted();
    options.log(isComplete ? 'drained: every client has left' : 'drained: the deadline closed the connections that were left');
  } finally {
    await feed?.[Symbol.asyncDispose]();
  }
}

/** Loads the first prices and follows them; undefined when the end came first. */
async function followPrices(settings: ServerSettings, options: ServeOptions, { state, loadApplication }: Service, signal: AbortSignal): Promise<PriceFeed | undefined> {
  const { log, openFeed } = options;
  const take = (table: PriceTable, what: string) => {
    state.table = table;
    log(`${what}: ${table.rows} prices, ${table.bytes} bytes, sha256 ${table.sha256}`);
  };
  const observer: PriceFeedObserver = {
    onLoaded(table) {
      state.reloads.loaded += 1;
      state.rejection = undefined;
      take(table, 'reloaded');
    },
    onRejected(error) {
      state.reloads.rejected += 1;
      // Anybody may read it, so without the folders and secrets that a path or URL can have.
      state.rejection = error.message.replaceAll(withoutSecrets(describePriceSource(parsePriceSource(settings.prices))), describeSource(settings.prices));
      log(`rejected new prices, the old ones stay: ${error.message}`);
    },
    onUnchanged() {
      state.reloads.unchanged += 1;
      state.rejection = undefined;
    },
  };
  try {
    const feed = await openFeed(settings.prices, { pollIntervalMs: pollIntervalOf(settings), signal }, observer);
    take(feed.table, 'ready');
    // Now, because nobody knows yet that this server is ready: later it would delay requests.
    setImmediate(() => void loadApplication().catch((error: unknown) => log(`bug: ${String(error)}`)));
    return feed;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** A file is cheap to look at; a URL is somebody's server, and each replica asks it. */
function pollIntervalOf({ pollIntervalMs, prices }: ServerSettings): number {
  return pollIntervalMs ?? (parsePriceSource(prices).kind === 'file' ? 1_000 : 30_000);
}

/** Opens the way by which clients' connections come. */
async function openSource(settings: ServerSettings, { accept }: Service, orphaned: AbortController): Promise<ConnectionSource & { readonly address: string }> {
  if (settings.listen === 'port') {
    const listener = await listenOnPort(settings.host, settings.port, accept);
    return { address: listener.address, quietMs: settings.drainQuietMs, end: async () => {}, close: () => listener.close() };
  }
  const handover = receiveConnections(process, accept, () => {
    orphaned.abort(new EnvironmentError('PRICECTL_E_ORPHANED', 'the parent process is gone'));
  });
  return { address: `connections from process ${process.ppid}`, quietMs: 0, end: () => handover.end(), close: () => handover.close() };
}
