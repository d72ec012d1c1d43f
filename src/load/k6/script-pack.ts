import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemCode } from '../../tools/errors.ts';
import { mainFile, scriptError, wrapperData } from './script-files.ts';
import { type ModuleParts, readModule, type Reference } from './script-references.ts';

/** A user's script with all that it imports and opens, as files of one flat folder that name each other. */
export interface PackedScript {
  readonly files: ReadonlyMap<string, string>;
  /** Name of the script itself. */
  readonly entry: string;
  readonly hasDefault: boolean;
}

/** A file under way into the folder. */
interface Member {
  readonly path: string;
  readonly name: string;
  readonly kind: Reference['kind'];
  /** The file that names it, as errors call it; null for the script itself. */
  readonly namedBy: string | null;
}

/**
 * Packs a script with the modules that it imports by path, and theirs, and the files that they `open`. What k6 brings and addresses stay as they
 * are. Throws UsageError `PRICECTL_E_SCRIPT` for what isn't there, can't be read, or holds more than `mostBytes` bytes.
 */
export async function packScript(path: string, mostBytes: number): Promise<PackedScript> {
  const entry = resolve(path);
  const members = new Map<string, Member>();
  const names = new Set<string>([mainFile, wrapperData]);
  const add = (path: string, kind: Reference['kind'], namedBy: string | null): Member => {
    const known = members.get(path);
    if (known !== undefined) return known;
    const member = { path, kind, namedBy, name: freeName(basename(path), names) };
    names.add(member.name);
    members.set(path, member);
    return member;
  };
  const files = new Map<string, string>();
  let hasDefault = false;
  let bytes = 0;
  add(entry, 'module', null);
  // The map grows while it is gone through.
  for (const { path: file, name, kind, namedBy } of members.values()) {
    const isEntry = file === entry;
    const text = await readText(file, namedBy, mostBytes);
    bytes += Buffer.byteLength(text);
    if (bytes > mostBytes) throw tooLarge(path, mostBytes);
    const parts: ModuleParts = kind === 'data' || extname(file) === '.json' ? { references: [], hasDefault: false } : readModule(text, shownPath(file));
    if (isEntry) hasDefault = parts.hasDefault;
    const targets = await Promise.all(parts.references.map((reference) => locate(reference, dirname(file), dirname(entry))));
    files.set(name, rewrite(text, parts.references.map((reference, index) => [reference, add(targets[index] ?? file, reference.kind, shownPath(file)).name])));
  }
  return { files, entry: members.get(entry)?.name ?? mainFile, hasDefault };
}

/** The file that a reference means: beside its module or, as k6 reads what is opened until now, beside the script. */
async function locate({ kind, path }: Reference, folder: string, entryFolder: string): Promise<string> {
  const local = path.startsWith('file:') ? fileURLToPath(path) : path;
  const beside = resolve(folder, local);
  if (kind === 'module' || folder === entryFolder || isAbsolute(local)) return beside;
  return (await isThere(beside)) ? beside : resolve(entryFolder, local);
}

async function isThere(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    () => false,
  );
}

function rewrite(text: string, references: readonly (readonly [reference: Reference, name: string])[]): string {
  let written = '';
  let at = 0;
  for (const [{ start, end }, name] of references) {
    written += `${text.slice(at, start)}./${name}`;
    at = end;
  }
  return written + text.slice(at);
}

async function readText(path: string, namedBy: string | null, mostBytes: number): Promise<string> {
  const shown = shownPath(path);
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (error) {
    const reasons: Readonly<Record<string, string>> = { ENOENT: 'there is no such file', EISDIR: 'it is a directory', EACCES: 'permission denied' };
    const code = systemCode(error);
    if (code === undefined) throw error;
    const what = namedBy === null ? `the script ${shown}` : `${shown}, which ${namedBy} names`;
    throw scriptError(`can't read ${what}: ${reasons[code] ?? code}`, [], error);
  }
  if (content.length > mostBytes) throw tooLarge(shown, mostBytes);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch (error) {
    throw scriptError(`${shown} isn't text in UTF-8: only text can come along with a script`, [], error);
  }
}

function tooLarge(shown: string, mostBytes: number): Error {
  return scriptError(`${shown} and what it brings are more than ${mostBytes.toLocaleString('en-US')} bytes, what a ConfigMap holds`, [
    'leave out data that it opens, or fetch them in setup()',
  ]);
}

/** A name without a slash, of characters that a ConfigMap's key may have, that no other file has. */
function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const clean = wanted.replaceAll(/[^-._a-zA-Z0-9]/g, '_');
  const extension = extname(clean);
  const stem = clean.slice(0, clean.length - extension.length);
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? clean : `${stem}-${number}${extension}`;
    if (!taken.has(name)) return name;
  }
}

/** A path as the user would write it. */
function shownPath(path: string): string {
  const short = relative('.', path);
  return short.startsWith('..') ? path : short;
}
