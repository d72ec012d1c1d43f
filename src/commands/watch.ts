import { BaseCommand } from '../cli/base-command.ts';
import { createRuns } from '../cli/compose.ts';
import { durationFlag } from '../cli/flags.ts';
import { systemClock } from '../tools/clock.ts';
import { UsageError } from '../tools/errors.ts';
import type { WatchMoment } from '../workflows/watch.ts';

export type { WatchMoment as WatchResult };

const shortestIntervalMs = 200;

/** `pricectl watch` */
export default class Watch extends BaseCommand<WatchMoment> {
  static override summary = 'live: replicas, CPU, load, and why the autoscaler does what it does';
  static override description = 'Goes on until Ctrl-C, also while the service is gone. With --json it prints one result a line.';
  static override examples = ['<%= config.bin %> watch', '<%= config.bin %> watch --json --interval 5s'];
  static override flags = { interval: durationFlag('interval', 'how often to look [default: 1s]') };

  override async run(): Promise<WatchMoment> {
    const { flags } = await this.parse(Watch);
    const everyMs = flags.interval ?? 1_000;
    if (everyMs < shortestIntervalMs) throw new UsageError('PRICECTL_E_USAGE', `--interval is at least ${shortestIntervalMs} ms: a look takes its time`);
    const { target } = await this.chooseTarget(flags, 'reads');
    const { watchService } = await import('../workflows/watch.ts');
    const { createWatchView } = await import('../cli/watch-view.ts');
    const moments = watchService({ target, runs: await createRuns(), clock: systemClock, everyMs, signal: this.signal });
    using view = createWatchView({ process, style: this.style, isJson: this.jsonEnabled() });
    for (;;) view.show((await moments.next()).value);
  }

  /** A stream of JSON texts has one a line, the error at its end too. */
  override logJson(json: unknown): void {
    process.stdout.write(`${JSON.stringify(json)}\n`);
  }
}
