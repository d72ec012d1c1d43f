import * as Args from '@oclif/core/args';
import type { AutoscalerExplanation } from '../../autoscale/explanation.ts';
import { BaseCommand } from '../../cli/base-command.ts';
import { parseObjectName } from '../../cli/flag-values.ts';
import { switchFlag } from '../../cli/plain-flags.ts';
import { createExplanationView } from '../../cli/explanation-view.ts';
import { presentExplanation } from '../../cli/present/explanation.ts';
import { systemClock } from '../../tools/clock.ts';
import { type AutoscalerChoice, explainAutoscaler, watchAutoscaler } from '../../workflows/explain-autoscaler.ts';

export type { AutoscalerExplanation as AutoscalerExplainResult };

/** Kind to an API server that belongs to others, and often enough to miss no look. */
const watchEveryMs = 2_000;

/** `pricectl autoscaler explain` */
export default class AutoscalerExplain extends BaseCommand<AutoscalerExplanation> {
  static override summary = 'why there are this many replicas, and when that changes: ours, or any HPA of a cluster';
  static override description = 'Only reads. With --watch it goes on until Ctrl-C; with --json too it prints one result a line.';
  static override examples = [
    '<%= config.bin %> autoscaler explain',
    '<%= config.bin %> autoscaler explain --watch',
    '<%= config.bin %> autoscaler explain web --context prod --namespace shop',
  ];
  static override args = { hpa: Args.string({ description: "name of an HPA [default: the service's own]", ignoreStdin: true }) };
  static override flags = { watch: { ...switchFlag('watch', 'go on, and remember what was seen'), char: 'w' as const } };

  #isStream = false;

  override async run(): Promise<AutoscalerExplanation> {
    const { args, flags } = await this.parse(AutoscalerExplain);
    this.#isStream = flags.watch ?? false;
    const { target, readAutoscaler } = await this.chooseTarget(flags, 'reads');
    const choice = { target, readAutoscaler, hpa: args.hpa === undefined ? undefined : parseObjectName(args.hpa, 'the HPA') };
    if (this.#isStream) return this.#watch(choice);
    const explanation = await explainAutoscaler(choice, this.signal);
    this.log(presentExplanation(explanation, this.style));
    return explanation;
  }

  /** A stream of JSON texts has one a line, the error at its end too. */
  override logJson(json: unknown): void {
    if (this.#isStream) process.stdout.write(`${JSON.stringify(json)}\n`);
    else super.logJson(json);
  }

  async #watch(choice: AutoscalerChoice): Promise<never> {
    const moments = watchAutoscaler(choice, { clock: systemClock, everyMs: watchEveryMs, signal: this.signal });
    using view = await createExplanationView({ output: process.stdout, errors: process.stderr, style: this.style, isJson: this.jsonEnabled() });
    for (;;) view.show((await moments.next()).value);
  }
}
