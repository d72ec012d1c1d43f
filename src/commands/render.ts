import { BaseCommand } from '../cli/base-command.ts';
import { defaultPricesPath, identityOf, imageSources, templatesPath } from '../cli/compose.ts';
import { clusterFlags, serviceFlags } from '../cli/flags.ts';
import { toGivenSettings } from '../cli/given-settings.ts';
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
    const { namespace, name } = identityOf(flags);
    const result = await renderService({
      target: flags.target === undefined || flags.target === 'auto' ? 'kube' : flags.target,
      namespace,
      name,
      given: toGivenSettings(flags, process.cwd()),
      defaultPrices: defaultPricesPath(),
      templates: templatesPath(),
      version: this.config.version,
      imageOf: async (cluster) => cluster.image ?? (await planImage(imageSources(), cluster, this.config.version)).name,
      signal: this.signal,
    });
    this.log(presentRender(result));
    return result;
  }
}
