import { BaseCommand } from '../cli/base-command.ts';
import { chooseTarget, defaultPort, stateFolderPath } from '../cli/compose.ts';
import { exitCodes } from '../cli/exit-codes.ts';
import { portFlag } from '../cli/flags.ts';
import { presentDoctor } from '../cli/present/doctor.ts';
import { checkMachine, type DoctorResult } from '../workflows/check-machine.ts';

export type { DoctorResult };

/** `pricectl doctor` */
export default class Doctor extends BaseCommand<DoctorResult> {
  static override summary = 'what is there, what is missing and what mends it; exit 3 when the target cannot work';
  static override examples = ['<%= config.bin %> doctor'];
  static override flags = { port: portFlag('port', `port that a service would get [default: ${defaultPort}]`) };

  override async run(): Promise<DoctorResult> {
    const { flags } = await this.parse(Doctor);
    const { target } = await chooseTarget(flags);
    const port = flags.port ?? defaultPort;
    const result = await checkMachine({ target, stateFolder: stateFolderPath(), port, signal: this.signal });
    this.log(presentDoctor(result, this.style));
    if (!result.usable) this.endWith(exitCodes.environment);
    return result;
  }
}
