import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { PriceResult } from '../workflows/ask-prices.ts';
import { CommandShell, endWithFailure } from './command-shell.ts';
import { type PlainArguments, readPlainArguments } from './plain-arguments.ts';
import { globalFlags, type PlainOption, switchFlag } from './plain-flags.ts';
import { priceFlags, runPrice } from './price-run.ts';
import { settingsFileName } from './settings-file.ts';

const knownFlags = { ...globalFlags, ...priceFlags };

/** oclif adds `--json` itself. */
const readFlags = { ...knownFlags, json: switchFlag('json', 'format output as json') };

/**
 * Runs `price` with these arguments without oclif, which costs more than all the rest, when nothing needs it: false, and nothing was done, when there is a
 * settings file, a setting in the environment, or an argument that only oclif understands (docs/decisions/0021-start-up.md).
 */
export async function runPriceLightly(argv: readonly string[], { name, version }: { readonly name: string; readonly version: string }): Promise<boolean> {
  const read = readPlainArguments(argv, readFlags);
  if (read === undefined || read.words.length === 0 || needsOclif(read, process.env)) return false;
  const flags = await parseFlags(read).catch(() => undefined);
  if (flags === undefined) return false;
  const isJson = read.given.has('json');
  const call = { words: `${name} price`, version, knownFlags: Object.keys(knownFlags), argv: () => argv, isJson: () => isJson, logJson };
  const result = await run(call, flags, read.words);
  if (result !== undefined && isJson) logJson(result);
  return true;
}

/** As oclif does where it doesn't colour. */
function logJson(json: object): void {
  process.stdout.write(`${JSON.stringify(json, undefined, 2)}\n`);
}

type Flags = Awaited<ReturnType<typeof parseFlags>>;

async function run(call: ConstructorParameters<typeof CommandShell>[0], flags: Flags, ids: readonly string[]): Promise<PriceResult | undefined> {
  await using shell = new CommandShell(call);
  try {
    if (flags.timeout !== undefined) shell.limit(flags.timeout);
    return await runPrice(shell, flags, ids);
  } catch (error) {
    await endWithFailure(error instanceof Error ? error : new Error(String(error)), call);
    return undefined;
  }
}

/** Whether something beside the arguments takes oclif: it reads settings, and colours JSON. */
function needsOclif({ given }: PlainArguments, env: NodeJS.ProcessEnv): boolean {
  if (Object.keys(env).some((name) => /^(PRICECTL_|OCLIF_|DEBUG$|CLI_FLAGS_DEBUG$)/i.test(name))) return true;
  if (given.has('config') || (given.has('json') && (process.stdout.isTTY || env['FORCE_COLOR'] !== undefined))) return true;
  try {
    return statSync(resolve(settingsFileName), { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

/** The values of the flags, by their own parsers. Throws what these throw. */
async function parseFlags({ given }: PlainArguments) {
  const value = async <T>({ name, parse }: PlainOption<T>) => {
    const text = given.get(name);
    return text === undefined ? undefined : parse(text);
  };
  return {
    target: await value(globalFlags.target),
    context: await value(globalFlags.context),
    namespace: await value(globalFlags.namespace),
    name: await value(globalFlags.name),
    timeout: await value(globalFlags.timeout),
    url: await value(priceFlags.url),
    yes: given.has('yes'),
    quiet: given.has('quiet'),
    'no-color': given.has('no-color'),
  };
}
