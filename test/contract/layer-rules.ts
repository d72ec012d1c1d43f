import { posix } from 'node:path';
import { restrictedPackages, roomOf, topFolder } from './house.ts';
import type { SourceFile } from './source-tree.ts';

/** A rule of the house: gives one sentence for each place that breaks it. */
export type Rule = (files: readonly SourceFile[]) => readonly string[];

const impureNames = /(?<![.\w'-])(process|Date\.now|new Date\(\)|performance|setTimeout|setInterval|setImmediate|fetch|console|Math\.random)(?![\w':])/g;

/** Imports go down: commands -> cli, workflows -> features -> tools, and the exceptions of the table. */
const layers: Rule = (files) =>
  files.flatMap((file) => {
    const room = roomOf(file.path);
    if (room === undefined) return [`${file.path} is in no room of the house`];
    const own = topFolder(room.path);
    return targetsOf(file)
      .filter((target) => own === 'commands/' || !target.startsWith(own))
      .filter((target) => !room.imports.some((path) => target.startsWith(path)))
      .map((target) => `${file.path} imports ${target}`);
  });

/** Each package comes in by its doors alone. */
const packages: Rule = (files) =>
  files.flatMap((file) =>
    file.references
      .map(({ specifier }) => packageName(specifier))
      .filter((name) => name !== '.' && name !== '..')
      .filter((name) => restrictedPackages.includes(name) || !name.startsWith('node:'))
      .filter((name) => !roomOf(file.path)?.packages?.includes(name))
      .map((name) => `${file.path} imports ${name}`),
  );

/** Pure rooms import no Node module and name nothing that reads the world. */
const purity: Rule = (files) =>
  files.flatMap((file) => {
    if (!roomOf(file.path)?.isPure) return [];
    const imports = file.references
      .map(({ specifier }) => specifier)
      .filter((specifier) => specifier.startsWith('node:'));
    const names = [...file.code.matchAll(impureNames)].map(([name]) => name);
    return [...imports, ...names].map((what) => `${file.path} is pure but uses ${what}`);
  });

/** Settings come from the environment in the CLI and in programs that are spawned; everything else is told. */
const environment: Rule = (files) =>
  files
    .filter((file) => !/^(cli|commands)\/|^server\/main\.ts$|-main\.ts$/.test(file.path))
    .filter((file) => /\bprocess\.env\b/.test(file.code))
    .map((file) => `${file.path} reads process.env`);

/** Lines a file may have. */
const sizes: Rule = (files) =>
  files.flatMap((file) => {
    const limit = file.path.startsWith('commands/') ? 90 : 250;
    return file.lines > limit ? [`${file.path} has ${file.lines} lines, ${limit} are allowed`] : [];
  });

/** A command is the default export of its file; nothing else is one, and no file passes another's exports on. */
const exportForms: Rule = (files) =>
  files.flatMap((file) => [
    ...(/^export default\b/m.test(file.code) === file.path.startsWith('commands/') ? [] : [`${file.path}: default exports are for commands, one each`]),
    ...file.references.filter(({ isReExport }) => isReExport).map(({ specifier }) => `${file.path} re-exports ${specifier}`),
  ]);

/** No state at the level of a module. */
const moduleState: Rule = (files) =>
  files.flatMap((file) => [...file.code.matchAll(/^(?:export )?(?:let|var) \w+/gm)].map(([text]) => `${file.path} has module state: ${text}`));

/** No file reaches itself by its imports, types included. */
const cycles: Rule = (files) => {
  const targets = new Map(files.map((file) => [file.path, targetsOf(file)]));
  const finished = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
    else if (!finished.has(path)) for (const target of targets.get(path) ?? []) visit(target, [...trail, path]);
    finished.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return found;
};

/** Every relative import names a file that is there, so that no rule passes for want of reading. */
const resolution: Rule = (files) => {
  const known = new Set(files.map((file) => file.path));
  return files.flatMap((file) =>
    targetsOf(file)
      .filter((target) => !known.has(target))
      .map((target) => `${file.path} imports ${target}, which isn't there`),
  );
};

/** The source files that a file imports, as paths like its own. */
function targetsOf(file: SourceFile): readonly string[] {
  return file.references
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier }) => posix.normalize(posix.join(posix.dirname(file.path), specifier)));
}

/** `@scope/name` or `name` of a specifier that may name a file in the package. */
function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** The rules of the house by their names. */
export const houseRules: Readonly<Record<string, Rule>> = {
  layers,
  packages,
  purity,
  environment,
  sizes,
  exportForms,
  moduleState,
  cycles,
  resolution,
};
