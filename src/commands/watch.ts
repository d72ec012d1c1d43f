import { BaseCommand } from '../cli/base-command.ts';
import { createRuns, stateFolderPath } from '../cli/compose.ts';
import { durationFlag, switchFlag } from '../cli/plain-flags.ts';
import { systemClock } from '../tools/clock.ts';
import { UsageError } from '../tools/errors.ts';
import type { Target } from '../targets/target.ts';
import type { WatchView } from '../cli/watch-view.ts';
import type { WatchMoment } from '../workflows/watch.ts';

export type { WatchMoment as WatchResult };

const shortestIntervalMs = 200;

/** `pricectl watch` */
export default class Watch extends BaseCommand<WatchMoment> {
  static override summary = 'live: replicas, CPU, load, and why the autoscaler does what it does';
  static override description = 'Goes on until Ctrl-C, also while the service is gone. With --json it prints one result a line.';
  static override examples = ['<%= config.bin %> watch', '<%= config.bin %> watch --web', '<%= config.bin %> watch --json --interval 5s'];
  static override flags = {
    web: switchFlag('web', 'as a page for this machine alone, whose address it prints'),
    open: switchFlag('open', "with --web, show the page in the desktop's browser"),
    interval: durationFlag('interval', 'how often to look [default: 1s]'),
  };

  override async run(): Promise<WatchMoment> {
    const { flags } = await this.parse(Watch);
    const everyMs = flags.interval ?? 1_000;
    if (everyMs < shortestIntervalMs) throw new UsageError('PRICECTL_E_USAGE', `--interval is at least ${shortestIntervalMs} ms: a look takes its time`);
    if (flags.web && this.jsonEnabled()) throw new UsageError('PRICECTL_E_USAGE', '--web shows a page and --json prints: use one of them');
    if (flags.open && !flags.web) throw new UsageError('PRICECTL_E_USAGE', '--open shows the page of --web: give both');
    const { target } = await this.chooseTarget(flags, 'reads');
    const { watchService } = await import('../workflows/watch.ts');
    const moments = watchService({ target, runs: await createRuns(), clock: systemClock, everyMs, signal: this.signal });
    await using view = flags.web ? await this.#openPage(target, flags) : await this.#openTerminal();
    for (;;) view.show((await moments.next()).value);
  }

  async #openTerminal(): Promise<WatchView & Disposable> {
    const { createWatchView } = await import('../cli/watch-view.ts');
    return createWatchView({ process, style: this.style, isJson: this.jsonEnabled() });
  }

  async #openPage({ identity }: Target, flags: { readonly open?: boolean; readonly quiet?: boolean }): Promise<WatchView & AsyncDisposable> {
    const { showInBrowser, startWatchPage } = await import('../cli/watch-web.ts');
    await using stack = new AsyncDisposableStack();
    const page = stack.use(await startWatchPage());
    this.log(`${identity.name} on ${identity.target}, live until Ctrl-C:\n  ${page.url}`);
    if (flags.open) {
      const shown = stack.use(await showInBrowser(page.url, stateFolderPath(), process.env));
      if (!shown.isShown) this.say('nothing here can open it: the address is all there is', flags);
    }
    const owned = stack.move();
    return { show: (moment) => page.show(moment), [Symbol.asyncDispose]: () => owned.disposeAsync() };
  }

  /** A stream of JSON texts has one a line, the error at its end too. */
  override logJson(json: unknown): void {
    process.stdout.write(`${JSON.stringify(json)}\n`);
  }
}
