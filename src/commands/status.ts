import { BaseCommand } from '../cli/base-command.ts';
import { presentStatus } from '../cli/present/status.ts';
import { type StatusResult, toStatus } from '../workflows/status.ts';

export type { StatusResult };

/** `pricectl status` */
export default class Status extends BaseCommand<StatusResult> {
  static override summary = 'one look at the service: replicas, autoscaler, price data';
  static override examples = ['<%= config.bin %> status', '<%= config.bin %> status --json'];

  override async run(): Promise<StatusResult> {
    const { flags } = await this.parse(Status);
    const { target } = await this.chooseTarget(flags, 'reads');
    const result = toStatus(await this.awaiting(`looks at ${target.identity.name}`, target.snapshot(this.signal), flags));
    this.log(presentStatus(result, this.style));
    return result;
  }
}
