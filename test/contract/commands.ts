import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Config } from '@oclif/core';
import { settings } from '@oclif/core/settings';

/** The package's folder. */
export const root = join(import.meta.dirname, '..', '..');

/** One command as a user types it. */
export interface CommandSurface {
  /** Words, separated by a space: `prices check`. */
  readonly name: string;
  /** Not in the help. */
  readonly isHidden: boolean;
  readonly args: readonly string[];
  /** Each spelling that the command accepts, one line a flag: `--yes, -y`, `--name=<value>`. */
  readonly flags: readonly string[];
}

/** The names of the commands that have a file; oclif leaves out one that it can't load. */
export async function listCommandFiles(): Promise<readonly string[]> {
  const paths = await readdir(join(root, 'src', 'commands'), { recursive: true });
  return paths
    .filter((path) => /(?<!\.test|\.fixture)\.ts$/.test(path))
    .map((path) => path.replace(/\.ts$/, '').replaceAll(/[\\/]/g, ' '))
    .toSorted();
}

/** Every command of the sources with its arguments and flags. */
export async function loadCommands(): Promise<readonly CommandSurface[]> {
  settings.enableAutoTranspile = false;
  const pjson = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  pjson.oclif.commands = './src/commands';
  const config = await Config.load({ root, pjson, ignoreManifest: true });
  return config.commands
    .map((command) => ({
      name: command.id.replaceAll(':', ' '),
      isHidden: command.hidden,
      args: Object.values(command.args).map((arg) => (arg.required ? arg.name : `[${arg.name}]`)),
      flags: Object.values(command.flags)
        .filter((flag) => !flag.hidden)
        .map((flag) => flagLine(flag)),
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

interface Flag {
  readonly name: string;
  readonly char?: string;
  readonly type: 'boolean' | 'option';
  readonly allowNo?: boolean;
  readonly multiple?: boolean;
  readonly options?: readonly string[];
  readonly default?: unknown;
  readonly required?: boolean;
  readonly env?: string;
}

function flagLine(flag: Flag): string {
  const value = flag.type === 'boolean' ? '' : `=<${flag.options?.join('|') ?? 'value'}>${flag.multiple ? '...' : ''}`;
  const name = flag.type === 'boolean' && flag.allowNo ? `--[no-]${flag.name}` : `--${flag.name}`;
  return [
    `${name}${value}${flag.char === undefined ? '' : `, -${flag.char}`}`,
    ...(flag.default === undefined ? [] : [`default ${JSON.stringify(flag.default)}`]),
    ...(flag.required ? ['required'] : []),
    ...(flag.env === undefined ? [] : [`$${flag.env}`]),
  ].join('  ');
}
