import { BaseCommand } from '../cli/base-command.ts';
import { defaultPricesPath } from '../cli/compose.ts';
import { integerFlag } from '../cli/flags.ts';
import { durationFlag, textFlag } from '../cli/plain-flags.ts';
import { toGivenSettings } from '../cli/given-settings.ts';

/** What was served. */
export interface ServeResult {
  readonly prices: string;
  readonly host: string;
  readonly port: number;
}

/** `pricectl serve` */
export default class Serve extends BaseCommand<ServeResult> {
  static override summary = 'the price server itself, in the foreground';
  static override description = 'Limits and time-outs are read from PRICECTL_* variables; docs/server.md lists them.';
  static override examples = ['<%= config.bin %> serve --prices prices.txt --port 5000'];
  static override flags = {
    prices: textFlag('prices', 'price list: a file of ID,PRICE lines, or an http(s) URL', 'FILE|URL'),
    port: integerFlag('port', 'port to listen on; 0 takes a free one [default: 5000]', 0, 65_535),
    host: textFlag('host', 'address to listen on [default: 127.0.0.1]', 'ADDRESS'),
    'max-connection-age': durationFlag('max-connection-age', 'a connection older than this ends with its next response; 0 is off [default: 10s]'),
  };

  override async run(): Promise<ServeResult> {
    const { flags } = await this.parse(Serve);
    const { serve } = await import('../server/serve.ts');
    const { openPriceFeed } = await import('../prices/feed.ts');
    const { readServerSettings } = await import('../server/settings.ts');
    const { formatLogLine } = await import('../server/log.ts');
    const prices = toGivenSettings(flags, process.cwd()).prices ?? defaultPricesPath();
    const { port, host, 'max-connection-age': maxConnectionAgeMs } = flags;
    const given = { prices, ...(port !== undefined && { port }), ...(host && { host }), ...(maxConnectionAgeMs !== undefined && { maxConnectionAgeMs }) };
    const settings = { ...readServerSettings({ ...process.env, PRICECTL_PRICES: prices }), ...given };
    const log = (text: string) => void process.stderr.write(formatLogLine(Date.now(), text));
    await serve(settings, { signal: this.signal, log, version: this.config.version, openFeed: openPriceFeed });
    this.signal.throwIfAborted();
    return { prices, host: settings.host, port: settings.port };
  }
}
