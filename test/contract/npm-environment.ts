import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './commands.ts';

/** This process's environment without the settings of this checkout's `.npmrc`, which npm hands on to what it runs; those of the machine, as a registry or its certificates, stay. */
export function npmEnvironment(): Readonly<Record<string, string | undefined>> {
  const ours = new Set([...readFileSync(join(root, '.npmrc'), 'utf8').matchAll(/^([\w-]+)=/gm)].map(([, name = '']) => `npm_config_${name.replaceAll('-', '_')}`));
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.has(name.toLowerCase())));
}
