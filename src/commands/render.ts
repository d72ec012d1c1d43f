import { BaseCommand } from '../cli/base-command.ts';
import { identityOn } from '../cli/choose-target.ts';
import { defaultPricesPath } from '../cli/compose.ts';
import { clusterFlags, serviceFlags } from '../cli/flags.ts';
import { toGivenSettings } from '../cli/given-settings.ts';
import { imageSources, packageFile } from '../cli/package-files.ts';
import { presentRender } from '../cli/present/render.ts';
import { planImage } from '../targets/kubernetes/image.ts';
import { type RenderResult, renderService } from '../workflows/render.ts';

export type { RenderResult };

/** `pricectl render` */
export default class Render extends BaseCommand<RenderResult> {
  static override summary = 'the manifests that up would apply, as YAML; no cluster needed';
  static override examples = ['<%= config.bin %> render', '<%= config.bin %> render --prices prices.txt --max 20 > manifests.yaml'];
  static override flags = { ...serviceFlags, ...clusterFlags };

  override async run(): Promise<RenderResult> {
    const { flags } = await this.parse(Render);
    const target = flags.target === undefined || flags.target === 'auto' ? 'kube' : flags.target;
    const { namespace, name } = identityOn(target, null, flags);
    const { version } = this.config;
    const result = await renderService({
      target,
      namespace,
      name,
      given: toGivenSettings(flags, process.cwd()),
      defaultPrices: defaultPricesPath(),
      templates: packageFile('templates'),
      version,
      imageOf: async (settings) => settings.image ?? (await planImage(imageSources(), settings, version)).name,
      signal: this.signal,
    });
    this.log(presentRender(result));
    return result;
  }
}
