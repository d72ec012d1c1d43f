import type { Interfaces } from '@oclif/core';
import { execute } from '@oclif/core/execute';
import { settings } from '@oclif/core/settings';

/**
 * Runs the command that this process was started for. Without oclif's transpiling: it would look for tsx and ts-node whenever NODE_ENV is `test` or `development`.
 * And without plugins of the user: oclif would look for them in the home, and warn where that is no folder.
 */
export async function launch(loadOptions: Interfaces.Options): Promise<unknown> {
  settings.enableAutoTranspile = false;
  return execute({ loadOptions: { ...loadOptions, userPlugins: false } });
}
