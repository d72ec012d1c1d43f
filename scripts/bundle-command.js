// Bundles the command from compiled modules: docs/decisions/0021-start-up.md.
import { globSync, writeFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { describeLicense, packageFolder, plainBuiltins, separator } from './bundle.js';
import { writeSbom } from './sbom.js';

/** The modules that oclif loads by their path, and what starts it. */
const commands = ['commands/**/*.js', 'cli/{command-not-found,help,launch,run-lightly}.js'];

/** The processes and threads that are started by their path. They have nothing to do with oclif. */
const programs = ['server/main.js', 'targets/local/supervisor-main.js', 'prices/table-worker.js', 'load/node/worker.js'];

/** What a start without oclif loads, now or later: one file of it is found and read faster than thirty. */
const light = ['cli/{run-lightly,choose-target}.js', 'targets/kubernetes/service-record.js', 'targets/local/target.js', 'tools/http.js'];

/** What other commands that ask a local service load beside that. */
const common = ['commands/{price,status,up}.js', 'workflows/up.js'];

/** Modules of Node that take milliseconds to load, and that most commands name but don't use. */
const lateBuiltins = new Set(['child_process', 'crypto', 'https', 'worker_threads', 'zlib']);

/**
 * Writes the command and the programs that it starts into `folder`, each entry where it was among the compiled modules: @oclif/core with them, the
 * other packages not. Names and lines stay readable, for stacks. A warning of the bundler fails the build.
 */
export async function bundleCommand(compiled, folder, { dependencies, name, version, license, root }) {
  const { rolldown } = await import('rolldown');
  const names = globSync([...commands, ...programs], { cwd: compiled }).map((name) => name.split(sep).join('/'));
  const external = Object.keys(dependencies).filter((name) => name !== '@oclif/core');
  const bundle = await rolldown({
    input: Object.fromEntries(names.map((name) => [name.slice(0, -'.js'.length), join(compiled, name)])),
    platform: 'node',
    external: (id) => external.some((name) => id === name || id.startsWith(`${name}/`)),
    plugins: [lateModules(), placeOfModules(compiled), plainBuiltins()],
    // oclif asks for its own folder to find its version, which only its debug output shows.
    transform: { define: { __dirname: '""' } },
    experimental: { attachDebugInfo: 'none' },
    onLog: (_, log) => {
      // A module that one loads late and another at once: which of them runs is not known here.
      if (log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT') throw new Error(log.message);
    },
  });
  try {
    const { output } = await bundle.write({
      dir: folder,
      format: 'esm',
      comments: { legal: false, annotation: false, jsdoc: false },
      chunkFileNames: 'chunks/[name].js',
      codeSplitting: {
        groups: [
          { name: 'node', test: (id) => id.startsWith(latePrefix), priority: 4 },
          { name: 'oclif', priority: 4, test: /[\\/]node_modules[\\/]/ },
          ...sharedGroups(compiled),
        ],
      },
    });
    const packages = new Set(output.flatMap((chunk) => chunk.moduleIds ?? []).map(packageFolder));
    packages.delete(undefined);
    writeFileSync(join(folder, 'licenses.txt'), [...packages].map(describeLicense).toSorted().join(separator));
    writeSbom(folder, { name, version, license, packages, root });
  } finally {
    await bundle.close();
  }
}

/** What many commands load is one file, what a start without oclif loads of it another, and what programs need of that a third. */
function sharedGroups(compiled) {
  const find = (names) => globSync(names, { cwd: compiled }).map((name) => join(compiled, name));
  const entries = new Set(find(commands));
  let sets;
  const findSets = (context) => (sets ??= [programs, light, common].map((names) => reachable(find(names), context)));
  const group = (name, priority, isMember) => ({
    name: (id, context) => (!entries.has(id) && isMember(...findSets(context).map((set) => set.has(id))) ? name : null),
    debugName: name,
    priority,
  });
  return [
    group('base', 3, (ofPrograms, ofLight, ofCommands) => ofPrograms && (ofLight || ofCommands)),
    group('light', 2, (_, ofLight) => ofLight),
    group('common', 1, (_, __, ofCommands) => ofCommands),
  ];
}

/** Modules and all that they import, but not what they import when they need it. */
function reachable(ids, context, found = new Set()) {
  for (const id of ids) {
    if (found.has(id)) continue;
    found.add(id);
    reachable(context.getModuleInfo(id)?.importedIds ?? [], context, found);
  }
  return found;
}

/** A module's `import.meta` stays that of the compiled module, in whatever file and folder its code is now. */
function placeOfModules(compiled) {
  return {
    name: 'place-of-modules',
    transform(code, id) {
      const name = relative(compiled, id).split(sep).join('/');
      if (name.startsWith('..') || !/\bimport\.meta\.(url|dirname|filename)\b/.test(code)) return undefined;
      return code.replaceAll(/\bimport\.meta\.(url|dirname|filename)\b/g, (_, what) => `__place__.${what}(${JSON.stringify(name)})`);
    },
    renderChunk(code, { fileName }) {
      return code.replaceAll(/\b__place__\.(url|dirname|filename)\("([^"]*)"\)/g, (_, what, name) => placeFrom(posix.dirname(fileName), what, name));
    },
  };
}

/** An expression for the place of a module, in a file of this folder. */
function placeFrom(folder, what, name) {
  if (what === 'url') return `new URL(${JSON.stringify(posix.relative(folder, name))}, import.meta.url).href`;
  const place = what === 'dirname' ? posix.dirname(name) : name;
  return `process.getBuiltinModule("node:path").join(import.meta.dirname, ${JSON.stringify(posix.relative(folder, place))})`;
}

const latePrefix = '\0late:';

/** Loads some modules of Node when the first of their exports is used. */
function lateModules() {
  return {
    name: 'late-modules',
    resolveId: (id) => (lateBuiltins.has(id.replace(/^node:/, '')) ? `${latePrefix}${id.replace(/^node:/, '')}` : undefined),
    load(id) {
      if (!id.startsWith(latePrefix)) return undefined;
      const name = `node:${id.slice(latePrefix.length)}`;
      const names = JSON.stringify(Object.keys(process.getBuiltinModule(name)));
      return `for (const name of ${names}) Object.defineProperty(exports, name, { enumerable: true, get: () => process.getBuiltinModule("${name}")[name] });`;
    },
  };
}
