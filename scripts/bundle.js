// Bundles what runs in the image, from compiled modules: docs/decisions/0017-bundle.md.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSbom } from './sbom.js';

/** Name of each file in the image, and the compiled module that it begins with. */
const entries = { 'server.js': 'server/bundle-main.js', 'application.js': 'server/application.js', 'load.js': 'load/node/bundle-main.js' };

/** Errors tell their class, and stacks their functions, as in the sources. */
const minify = { compress: { keepNames: { function: true, class: true } }, mangle: { keepNames: true }, codegen: true };

/**
 * Writes the folder `image` below `target`: one file for each program of the image, a package.json that says how Node is
 * to read them, and the licences of the packages in them and a bill of them. The same modules give the same bytes.
 */
export async function bundleImage(compiled, target, { name, version, license, root }) {
  const { rolldown } = await import('rolldown');
  const folder = join(target, 'image');
  const packages = new Set();
  for (const [file, entry] of Object.entries(entries)) {
    const bundle = await rolldown({
      input: join(compiled, entry),
      platform: 'node',
      plugins: [plainBuiltins(), fileOfItsOwn('./application.js')],
      transform: { define: { 'import.meta.bundle': JSON.stringify({ version }) } },
      onLog: (_, log) => {
        throw new Error(`${file}: ${log.message}`);
      },
    });
    try {
      const [chunk] = (await bundle.write({ file: join(folder, file), format: 'esm', codeSplitting: false, minify, comments: false })).output;
      for (const folder of chunk.moduleIds.map(packageFolder)) if (folder !== undefined) packages.add(folder);
    } finally {
      await bundle.close();
    }
  }
  const manifest = { name: `${name}-image`, version, private: true, license, type: 'module' };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(folder, 'licenses.txt'), [...packages].map(describeLicense).toSorted().join(separator));
  writeSbom(folder, { ...manifest, packages, root });
}

/** Stands between two licences. */
export const separator = `\n${'-'.repeat(80)}\n\n`;

/**
 * A plugin that takes modules of Node as they are. An ES import reads every export to make a module of them, and some of http's load the
 * undici that is inside of Node: 25 ms.
 */
export function plainBuiltins() {
  const imports = /^import (?:([\w$]+)|\* as ([\w$]+))?(?:, )?(\{[^}]*\})? from "(node:[\w/]+)";$/gm;
  return {
    name: 'plain-builtins',
    renderChunk: (code) =>
      code.replaceAll(imports, (_, whole, namespace, names, module) => {
        const targets = [whole, namespace, names?.replaceAll(' as ', ': ')].filter((target) => target !== undefined);
        return targets.map((target) => `const ${target} = globalThis.process.getBuiltinModule("${module}");`).join(' ');
      }),
  };
}

/** A plugin that leaves a module that is loaded late in its own file. The two share no module that has state. */
function fileOfItsOwn(name) {
  return { name: 'file-of-its-own', resolveId: (id) => (id === name ? { id: name, external: true } : undefined) };
}

/** The folder of the package that a module belongs to; undefined for ours and for what the bundler adds. */
export function packageFolder(module) {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+(?=[\\/])/.exec(module)?.[0];
}

/** Name, version and licence of a package, and the text of the licence. A package without one can't be passed on, so it fails the build. */
export function describeLicense(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}

