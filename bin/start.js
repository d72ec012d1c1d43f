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
  if (await runLightly(options)) return undefined;
  return runFully(options);
}

/** Runs the command without oclif when it is one for which that isn't needed; false when nothing was done. */
async function runLightly({ root, pjson }) {
  const [command, ...argv] = process.argv.slice(2);
  if (command !== 'price') return false;
  const { runPriceLightly } = await load(root, 'run-lightly');
  return runPriceLightly(argv, pjson);
}

/** Runs any command with oclif. */
export async function runFully(options = loadOptions(join(root, 'dist'))) {
  const { launch } = await load(options.root, 'launch');
  return launch(options);
}

function load(folder, name) {
  return import(folder === join(root, 'src') ? `../src/cli/${name}.ts` : `../dist/cli/${name}.js`);
}
