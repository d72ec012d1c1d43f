import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { asFileError } from '../tools/files.ts';
import { EnvironmentError, systemCode, UsageError } from '../tools/errors.ts';

/** The part of an oclif flag that tells how its value is written on a command line. */
export interface FlagShape {
  readonly type: 'boolean' | 'option';
  readonly allowNo?: boolean;
}

/** A `pricectl.config.json`: values by the names of their flags. */
export interface SettingsFile {
  readonly path: string;
  /** Named by `--config` or PRICECTL_CONFIG, rather than found in the working folder. */
  readonly isExplicit: boolean;
  readonly values: ReadonlyMap<string, unknown>;
}

/** Name of the settings file that is found in the working folder. */
export const settingsFileName = 'pricectl.config.json';

/** What decides where a change goes or runs foreign code counts from a file only when the user named that file. */
const onlyExplicit = new Set(['context', 'yes', 'script', 'operator-bundle']);
const relativeToFile = new Set(['prices', 'ids', 'script', 'operator-bundle']);

/** The folder that the command works in. Throws EnvironmentError `PRICECTL_E_FOLDER_GONE` when that was removed. */
export function workingFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new EnvironmentError('PRICECTL_E_FOLDER_GONE', 'the working folder was removed', { hints: ['change to another folder'], cause: error });
  }
}

/**
 * Reads the settings file: the one that was named, or `pricectl.config.json` in `folder` when it is there.
 * Throws UsageError when it isn't a JSON object, EnvironmentError when it can't be read.
 */
export async function readSettingsFile(named: string | undefined, folder: string): Promise<SettingsFile | undefined> {
  const path = resolve(folder, named ?? settingsFileName);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (named === undefined && systemCode(error) === 'ENOENT') return undefined;
    throw asFileError(error, `can't read ${path}`);
  }
  return { path, isExplicit: named !== undefined, values: parseSettings(text, path) };
}

function parseSettings(text: string, path: string): ReadonlyMap<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError('PRICECTL_E_SETTINGS_FILE', `${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError('PRICECTL_E_SETTINGS_FILE', `${path} must hold one JSON object with flags as keys, as {"min": 3}`);
  }
  return new Map(Object.entries(value));
}

/** Throws UsageError when the file has a key that no command knows as a flag. */
export function checkKeys(file: SettingsFile, knownFlags: ReadonlySet<string>): void {
  for (const key of file.values.keys()) {
    if (key === 'json' || !knownFlags.has(key)) throw new UsageError('PRICECTL_E_SETTINGS_FILE', `${file.path}: there is no setting ${JSON.stringify(key)}`);
  }
}

/**
 * The file's values as command-line arguments, for those flags of a command that neither the command line nor the environment
 * gave; so they pass the same parsers. Throws UsageError for a value that no flag could have.
 */
export function fileArguments(file: SettingsFile, flags: Readonly<Record<string, FlagShape>>, given: ReadonlySet<string>): string[] {
  return Object.entries(flags)
    .filter(([name]) => file.values.has(name) && !given.has(name) && (file.isExplicit || !onlyExplicit.has(name)))
    .flatMap(([name, shape]) => toArguments(file, name, shape));
}

function toArguments(file: SettingsFile, name: string, shape: FlagShape): string[] {
  const value = file.values.get(name);
  if (shape.type === 'boolean') {
    if (typeof value !== 'boolean') throw new UsageError('PRICECTL_E_SETTINGS_FILE', `${file.path}: ${name} must be true or false`);
    return value ? [`--${name}`] : shape.allowNo ? [`--no-${name}`] : [];
  }
  return (Array.isArray(value) ? value : [value]).map((item: unknown) => {
    if (typeof item !== 'string' && typeof item !== 'number') {
      throw new UsageError('PRICECTL_E_SETTINGS_FILE', `${file.path}: ${name} must be a text or a number`);
    }
    // A command line can have neither, so nothing behind it expects one.
    if (/\0/.test(String(item)) || !String(item).isWellFormed()) {
      throw new UsageError('PRICECTL_E_SETTINGS_FILE', `${file.path}: ${name} has a NUL or half a character`);
    }
    return `--${name}=${isPath(name, String(item)) ? resolve(dirname(file.path), String(item)) : item}`;
  });
}

function isPath(name: string, value: string): boolean {
  return relativeToFile.has(name) && !/^https?:/.test(value);
}
