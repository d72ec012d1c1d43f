import { BaseCommand } from '../cli/base-command.ts';
import { composeLoad } from '../cli/compose-load.ts';
import { createRuns, displayOf } from '../cli/compose.ts';
import { engineFlags, loadFlags } from '../cli/flags.ts';
import { textFlag, urlFlag } from '../cli/plain-flags.ts';
import { keepRun } from '../cli/keep-run.ts';
import { createLoadDisplay } from '../cli/load-display.ts';
import { profileFrom, toLoadRequest } from '../cli/load-request.ts';
import { presentLoadStart } from '../cli/present/load-start.ts';
import { presentSplit } from '../cli/present/split.ts';
import { presentKept } from '../cli/present/kept.ts';
import { presentLoadSummary } from '../cli/present/load-summary.ts';
import { exitCodeOfRun } from '../cli/run-exit-code.ts';
import { plainStyle } from '../cli/style.ts';
import { profileLengthMs } from '../load/profile-description.ts';
import type { LoadTestResult } from '../load/summary.ts';
import { exportRun } from '../workflows/export-run.ts';
import { systemClock } from '../tools/clock.ts';

export type { LoadTestResult };

/** `pricectl loadtest` */
export default class Loadtest extends BaseCommand<LoadTestResult> {
  static override summary = 'load the service and judge it; exit 6 when a threshold is crossed';
  static override examples = [
    '<%= config.bin %> loadtest --vus 100 --duration 20s',
    "<%= config.bin %> loadtest --rate 5000/s --duration 30s --threshold 'http_req_duration:p(95)<20'",
  ];
  static override flags = {
    ...loadFlags,
    ...engineFlags,
    url: urlFlag('url', 'load the service at this URL instead of ours; needs --ids'),
    'summary-export': textFlag('summary-export', "write the end summary as k6's --summary-export does", 'FILE'),
    junit: textFlag('junit', 'write thresholds and checks as JUnit XML', 'FILE'),
    report: textFlag('report', "write the HTML report here too, beside the run's folder", 'FILE'),
  };

  override async run(): Promise<LoadTestResult> {
    const { flags } = await this.parse(Loadtest);
    const profile = profileFrom(flags);
    const { runLoadTest } = await import('../workflows/load-test.ts');
    const makesLoadHere = flags.url !== undefined || (flags.engine === 'node' && !flags['in-cluster']);
    const choice = await this.chooseTarget(flags, makesLoadHere ? 'reads' : 'changes');
    const say = (line: string) => this.say(line, flags);
    await using load = await composeLoad(flags, choice, { version: this.config.version, signal: this.signal, say });
    const { chosen, measuredOn } = load;
    if (chosen.warning !== null) say(`warning: ${chosen.warning}`);
    const totalMs = profileLengthMs(profile);
    const runs = await createRuns();
    const folder = await runs.create('loadtest', systemClock.now());
    say(presentLoadStart(profile, load.engine, Date.now()));
    const split = presentSplit(profile, load.runners, plainStyle);
    if (split !== '') say(split);
    const display = await createLoadDisplay(displayOf(flags, this.jsonEnabled()), totalMs);
    const request = toLoadRequest(profile, chosen.url, chosen.ids, flags);
    const { onProgress } = display;
    const test = async () => {
      const engine = await load.createEngine(request, folder.path);
      return runLoadTest({ engine, request, measuredOn, folder, clock: systemClock, target: chosen.target, signal: this.signal, onProgress });
    };
    const outcome = await test()
      .catch(async (error: unknown) => {
        await runs.remove(folder.id);
        throw error;
      })
      .finally(display.end);
    say('');
    this.endWith(exitCodeOfRun(outcome, this.signal));
    const complain = (error: unknown) => this.complain(error);
    const recording = { target: chosen.target, summary: presentLoadSummary(outcome.result, plainStyle), command: this.commandLine };
    const report = await keepRun(outcome, { recording, report: flags.report, complain, mention: (error) => this.mention(error) });
    this.log(`${presentLoadSummary(outcome.result, this.style)}\n\n${presentKept(report, folder.path)}`);
    await exportRun(outcome.result, flags).catch(complain);
    return outcome.result;
  }
}
