import { BaseCommand } from '../cli/base-command.ts';
import { defaultPort } from '../cli/compose.ts';
import { exitCodes } from '../cli/exit-codes.ts';
import { portFlag } from '../cli/flags.ts';
import { presentDoctor } from '../cli/present/doctor.ts';
import { type DoctorResult, toDoctorResult } from '../workflows/doctor.ts';

export type { DoctorResult };

/** `pricectl doctor` */
export default class Doctor extends BaseCommand<DoctorResult> {
  static override summary = 'what is there, what is missing and what mends it, for each target; exit 3 when the chosen one cannot work';
  static override examples = ['<%= config.bin %> doctor'];
  static override flags = { port: portFlag('port', `port that a service would get [default: ${defaultPort}]`) };

  override async run(): Promise<DoctorResult> {
    const { flags } = await this.parse(Doctor);
    const { target, reason } = await this.chooseTarget(flags, 'reads');
    const { checkTargets } = await import('../cli/compose-doctor.ts');
    const looked = checkTargets({ target, context: flags.context, port: flags.port ?? defaultPort, signal: this.signal });
    const checks = await this.awaiting('looks at tools and clusters', looked, flags);
    const result = toDoctorResult(target.identity.target, reason, checks);
    this.log(presentDoctor(result, this.style));
    if (!result.usable) this.endWith(exitCodes.environment);
    return result;
  }
}
