import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';

/** The package's folder. */
const root = join(import.meta.dirname, '..');

/** Runs the command from `dist`, or in a checkout that was never built from `src`. */
export async function start() {
  if (!existsSync(join(root, 'dist', 'commands'))) return startFromSource();
  module.enableCompileCache();
  return run({ root });
}

/** Runs the command from `src`; Node strips the types. */
export async function startFromSource() {
  module.enableCompileCache();
  const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  pjson.oclif.commands = './src/commands';
  return run({ root, pjson, ignoreManifest: true });
}

/** Without its transpiling: oclif would look for tsx and ts-node whenever NODE_ENV is `test` or `development`. */
async function run(loadOptions) {
  const [{ execute }, { settings }] = await Promise.all([import('@oclif/core/execute'), import('@oclif/core/settings')]);
  settings.enableAutoTranspile = false;
  return execute({ loadOptions });
}
