import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** One module that a source file names: statically, for its types, or by `import()`. */
export interface ModuleReference {
  /** As written: `./x.ts`, `node:fs`, `undici`. */
  readonly specifier: string;
  /** True for `export ... from`. */
  readonly isReExport: boolean;
}

/** One source file as the layer rules see it. */
export interface SourceFile {
  /** Path below the folder that was read, with slashes. */
  readonly path: string;
  readonly lines: number;
  /** The text without its comments. */
  readonly code: string;
  readonly references: readonly ModuleReference[];
}

/** Reads every `.ts` file below a folder but tests and their fixtures. */
export async function readSourceTree(folder: string): Promise<readonly SourceFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && /(?<!\.test|\.fixture)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.map(async (path) => toSourceFile(relative(folder, path).split(sep).join('/'), await readFile(path, 'utf8'))),
  );
}

/** Takes a file's text apart. */
export function toSourceFile(path: string, text: string): SourceFile {
  const code = withoutComments(text);
  return { path, lines: text.trimEnd().split('\n').length, code, references: findReferences(code) };
}

/** A pattern that also matches strings passes over what only looks like a comment inside of them. */
function withoutComments(text: string): string {
  return text.replaceAll(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (match) =>
    match.startsWith('//') || match.startsWith('/*') ? '' : match,
  );
}

function findReferences(code: string): readonly ModuleReference[] {
  const statements = code.matchAll(/^[ \t]*(import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm);
  const sideEffects = code.matchAll(/^[ \t]*import\s*['"]([^'"]+)['"]/gm);
  const calls = code.matchAll(/\bimport\(\s*['"`]([^'"`]+)['"`]/g);
  return [
    ...[...statements].map(([, keyword, specifier = '']) => ({ specifier, isReExport: keyword === 'export' })),
    ...[...sideEffects, ...calls].map(([, specifier = '']) => ({ specifier, isReExport: false })),
  ];
}
