import type { Interfaces } from '@oclif/core';
import { execute } from '@oclif/core/execute';
import { settings } from '@oclif/core/settings';

/** Runs the command that this process was started for. Without oclif's transpiling: it would look for tsx and ts-node whenever NODE_ENV is `test` or `development`. */
export async function launch(loadOptions: NonNullable<Interfaces.LoadOptions>): Promise<unknown> {
  settings.enableAutoTranspile = false;
  return execute({ loadOptions });
}
