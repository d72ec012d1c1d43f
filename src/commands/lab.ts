import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.ts';
import { clusterFlags, integerFlag, loadFlags, serviceFlags } from '../cli/flags.ts';
import { durationFlag, switchFlag } from '../cli/plain-flags.ts';
import { keepRun } from '../cli/keep-run.ts';
import { presentLab } from '../cli/present/lab.ts';
import { exitCodeOfRun } from '../cli/run-exit-code.ts';
import { plainStyle } from '../cli/style.ts';
import type { LabResult } from '../workflows/lab.ts';

export type { LabResult };

const { port: _port, ...labServiceFlags } = serviceFlags;

/** `pricectl lab` */
export default class Lab extends BaseCommand<LabResult> {
  static override summary = 'the whole experiment: up, load, watch it scale, sum up, down';
  static override description =
    'Works on a service of its own, with a name and a port that nobody has; a service that runs beside it is left alone.';
  static override examples = ['<%= config.bin %> lab', '<%= config.bin %> lab --profile seed --keep'];
  static override flags = {
    ...labServiceFlags,
    ...clusterFlags,
    ...loadFlags,
    'sync-period': durationFlag('sync-period', 'how often the emulated autoscaler looks [default: 2s; with seed 15s]'),
    'metric-resolution': durationFlag('metric-resolution', 'how often CPU is measured [default: 2s; with seed 15s]'),
    'scale-down-window': durationFlag('scale-down-window', 'how long a lower wish must last [default: 10s; with seed 5m]'),
    vus: integerFlag('vus', 'virtual users of a load of your own, with --duration or --stages [default: as the profile says]', 1, 100_000),
    profile: Flags.option({
      options: ['quick', 'seed'] as const,
      env: 'PRICECTL_PROFILE',
      description: 'quick: scale-out and the start of scale-in in 90 s; seed: the original experiment, 9 minutes [default: quick]',
    })(),
    keep: switchFlag('keep', 'leave the service up'),
  };

  override async run(): Promise<LabResult> {
    const { flags } = await this.parse(Lab);
    const { composeLab } = await import('../cli/compose-lab.ts');
    const { runLab } = await import('../workflows/lab.ts');
    const { noteContradictions } = await import('../workflows/readme-claims.ts');
    const lab = await composeLab(flags, { version: this.config.version, isJson: this.jsonEnabled(), signal: this.signal, chooseTarget: (name) => this.chooseTarget(flags, 'changes', name) });
    this.say(`${lab.options.target.identity.target} target: ${lab.options.reason}; a service of its own, removed at the end\n`, flags);
    const outcome = await runLab(lab.options).catch(async (error: unknown) => {
      await lab.discard();
      throw error;
    });
    const measured: LabResult = { ...outcome.result, notes: [...(outcome.warning === null ? [] : [outcome.warning]), ...lab.notes(outcome.load), ...noteContradictions(outcome.result)] };
    this.say('', flags);
    this.endWith(exitCodeOfRun(outcome.load, this.signal));
    const complain = (error: unknown) => this.complain(error);
    const recording = { target: lab.options.target, summary: presentLab(measured, plainStyle), command: this.commandLine };
    const report = await keepRun(outcome.load, { recording, complain, mention: (error) => this.mention(error) });
    const result: LabResult = { ...measured, report };
    this.log(presentLab(result, this.style));
    if (outcome.leftBehind !== undefined) complain(outcome.leftBehind.error);
    return result;
  }
}
