import { BaseCommand } from '../cli/base-command.ts';
import { durationFlag, switchFlag } from '../cli/plain-flags.ts';
import { presentLogLine } from '../cli/present/logs.ts';
import { notUp } from '../targets/not-up.ts';
import type { LogLine } from '../targets/target.ts';
import { UsageError } from '../tools/errors.ts';

/** Lines of all replicas in order of time. */
export interface LogsResult {
  readonly lines: readonly LogLine[];
}

/** `pricectl logs` */
export default class Logs extends BaseCommand<LogsResult> {
  static override summary = 'logs of all replicas, merged and prefixed';
  static override examples = ['<%= config.bin %> logs --since 10m', '<%= config.bin %> logs --follow'];
  static override flags = {
    follow: { ...switchFlag('follow', 'go on as lines are written'), char: 'f' as const },
    since: durationFlag('since', 'only lines younger than this'),
  };

  override async run(): Promise<LogsResult> {
    const { flags } = await this.parse(Logs);
    const isJson = this.jsonEnabled();
    if (flags.follow && isJson) throw new UsageError('PRICECTL_E_USAGE', '--follow has no end and --json prints at the end: use one of them');
    const { target } = await this.chooseTarget(flags, 'reads');
    if ((await target.snapshot(this.signal)).state === 'absent') throw notUp();
    const lines: LogLine[] = [];
    const since = flags.since === undefined ? {} : { sinceMs: flags.since };
    for await (const line of target.logs({ follow: flags.follow ?? false, signal: this.signal, ...since })) {
      if (isJson) lines.push(line);
      else this.log(presentLogLine(line, this.style));
    }
    return { lines };
  }
}
