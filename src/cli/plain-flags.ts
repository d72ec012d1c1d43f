import type { Interfaces } from '@oclif/core';
import { parseDuration } from '../load/duration.ts';
import { parseHttpUrl, parseName } from './flag-values.ts';

// Flags as oclif's own functions make them, but made without loading oclif: a light start has them too.

/** `--scale-down-window` is read from PRICECTL_SCALE_DOWN_WINDOW, and so on. */
export function env(flag: string): string {
  return `PRICECTL_${flag.replaceAll('-', '_').toUpperCase()}`;
}

/** A flag with one value, whose parser needs nothing but the text. */
export type PlainOption<T> = Interfaces.OptionFlag<T | undefined> & { readonly parse: (text: string) => Promise<T | undefined> };

const option = (name: string, description: string, helpValue?: string) => ({
  name,
  type: 'option' as const,
  env: env(name),
  description,
  ...(helpValue === undefined ? {} : { helpValue }),
  input: [],
  multiple: false,
});

/** A flag that takes any text. */
export const textFlag = (name: string, description: string, helpValue?: string): PlainOption<string> => ({
  ...option(name, description, helpValue),
  parse: async (text) => text,
});

/** An http(s) URL. */
export const urlFlag = (name: string, description: string): PlainOption<string> => ({
  ...option(name, description, 'URL'),
  parse: async (text) => parseHttpUrl(text, `--${name}`),
});

/** A length of time as Go writes it (`90s`, `1m30s`), in milliseconds. */
export const durationFlag = (name: string, description: string): PlainOption<number> => ({
  ...option(name, description, 'DURATION'),
  parse: async (text) => parseDuration(text, `--${name}`),
});

/** A name that Kubernetes would take for an object (RFC 1123 label). */
const nameFlag = (name: string, description: string): PlainOption<string> => ({
  ...option(name, description, 'NAME'),
  parse: async (text) => parseName(text, `--${name}`),
});

/** A flag without a value. */
export const switchFlag = (name: string, description: string): Interfaces.BooleanFlag<boolean> => ({
  name,
  type: 'boolean',
  env: env(name),
  description,
  allowNo: false,
  parse: async (isOn) => isOn,
});

const targets = ['auto', 'local', 'minikube', 'kube'] as const;

const targetFlag: PlainOption<(typeof targets)[number]> = {
  ...option('target', 'where the service runs [default: auto]'),
  options: targets,
  parse: async (text) => targets.find((target) => target === text),
};

/** Flags of every command. */
export const globalFlags = {
  target: { ...targetFlag, helpGroup: 'GLOBAL' },
  context: { ...textFlag('context', 'kubectl context of the cluster, for --target kube; the current one is never taken', 'NAME'), helpGroup: 'GLOBAL' },
  yes: { ...switchFlag('yes', "change a cluster that isn't local, or delete all runs, without asking"), char: 'y' as const, helpGroup: 'GLOBAL' },
  namespace: { ...nameFlag('namespace', 'namespace of the service [default: pricectl]'), char: 'n' as const, helpGroup: 'GLOBAL' },
  name: { ...nameFlag('name', 'name of the service [default: price-api]'), helpGroup: 'GLOBAL' },
  config: { ...textFlag('config', 'settings file [default: pricectl.config.json here]', 'FILE'), helpGroup: 'GLOBAL' },
  quiet: { ...switchFlag('quiet', 'no progress'), helpGroup: 'GLOBAL' },
  verbose: { ...switchFlag('verbose', 'with an error, what led to it'), helpGroup: 'GLOBAL' },
  'no-color': { ...switchFlag('no-color', 'no colour'), helpGroup: 'GLOBAL' },
  timeout: { ...durationFlag('timeout', 'end the command after this time with exit code 5'), helpGroup: 'GLOBAL' },
};
