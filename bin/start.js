// An import of a module of Node reads all its exports, and some of those load more: the imports of these three cost 3 ms.
const { existsSync, readFileSync } = process.getBuiltinModule('node:fs');
const module = process.getBuiltinModule('node:module');
const { join } = process.getBuiltinModule('node:path');

/** The package's folder. */
const root = join(import.meta.dirname, '..');

/** Runs the command from `dist`, or in a checkout that was never built from `src`. */
export async function start() {
  const dist = join(root, 'dist');
  return existsSync(dist) ? run(loadOptions(dist)) : startFromSource();
}

/** Runs the command from `src`; Node strips the types. */
export async function startFromSource() {
  return run(loadOptions(join(root, 'src')));
}

/**
 * What tells oclif that a folder with `commands/` is the program. Beside them it finds a list of the commands, `oclif.manifest.json`, where there is
 * one. The paths in package.json are for tools that read nothing else.
 */
export function loadOptions(folder) {
  const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const paths = { commands: './commands', helpClass: { target: './cli/help', identifier: 'PricectlHelp' }, hooks: { command_not_found: './cli/command-not-found' } };
  return { root: folder, pjson: { ...pjson, oclif: { ...pjson.oclif, ...paths } } };
}

async function run(options) {
  module.enableCompileCache();
  const { launch } = await import(`../${options.root === join(root, 'src') ? 'src/cli/launch.ts' : 'dist/cli/launch.js'}`);
  return launch(options);
}
