// Builds dist from src, unless it was built from exactly these sources. npm runs this after `npm ci` and before `npm pack`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withSupportedNode } from '../bin/runtime.js';
import { bundleImage } from './bundle.js';
import { bundleCommand } from './bundle-command.js';
import { writeManual } from './man.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
/** Holds the hash of the sources that dist was built from; not published. */
const stampName = '.sources-sha256';

const compiler = findCompiler();
const hash = hashSources();
// Installed with --omit=dev there is no compiler, and nothing that we could say would help.
if (compiler !== undefined && builtFrom() !== hash) withSupportedNode(() => build(compiler));

/** The path of the TypeScript compiler, or undefined when it isn't installed. */
function findCompiler() {
  const require = createRequire(import.meta.url);
  try {
    return join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** The hash over names and contents of all that the build depends on. */
function hashSources() {
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  sources.sort();
  // The lock file says which packages the image's bundle is made of; without one, package.json has to do.
  const settings = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/bundle.js', 'scripts/bundle-command.js', 'scripts/man.js', 'scripts/sbom.js', 'README.md'].map((name) => join(root, name)).filter(existsSync);
  const digest = createHash('sha256');
  for (const path of [...settings, ...sources]) {
    const content = readFileSync(path);
    digest.update(`${path.slice(root.length)}\0${content.length}\0`).update(content);
  }
  return digest.digest('hex');
}

function builtFrom() {
  const stamp = join(dist, stampName);
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
}

/** Makes a new folder that then takes the place of dist: a failed build changes nothing, and no output of a deleted source stays. */
async function build(tsc) {
  const compiled = mkdtempSync(join(root, '.dist-'));
  const fresh = mkdtempSync(join(root, '.dist-'));
  try {
    const options = ['-p', join(root, 'tsconfig.build.json'), '--outDir', compiled];
    const { status, error } = spawnSync(process.execPath, [tsc, ...options], { stdio: ['ignore', 2, 2] });
    if (error) throw error;
    if (status !== 0) {
      process.exitCode = 1;
      return;
    }
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const list = await listCommands(compiled);
    writeFileSync(join(fresh, 'oclif.manifest.json'), JSON.stringify(list));
    writeManual(fresh, list.commands, { ...manifest, root });
    await bundleCommand(compiled, fresh, { ...manifest, root });
    await bundleImage(compiled, fresh, { ...manifest, root });
    writeFileSync(join(fresh, stampName), hash);
    rmSync(dist, { recursive: true, force: true });
    // mkdtemp makes folders for their owner alone.
    chmodSync(fresh, 0o777 & ~process.umask());
    renameSync(fresh, dist);
  } finally {
    rmSync(compiled, { recursive: true, force: true });
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** oclif's list of the commands, so that a command starts without loading all of them. A command that can't be loaded fails the build. */
async function listCommands(folder) {
  const [{ Plugin, settings }, { loadOptions }] = await Promise.all([import('@oclif/core'), import('../bin/start.js')]);
  settings.enableAutoTranspile = false;
  const plugin = new Plugin({ ...loadOptions(folder), isRoot: true, ignoreManifest: true, errorOnManifestCreate: true });
  await plugin.load();
  return plugin.manifest;
}
