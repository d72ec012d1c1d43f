import { readFileSync } from 'node:fs';
import { openPriceFeed } from '../prices/feed.ts';
import { type ErrorKind, PricectlError } from '../tools/errors.ts';
import { formatLogLine } from './log.ts';
import { serve } from './serve.ts';
import { readServerSettings } from './settings.ts';

/** Exit code of each kind of error, as the command's. */
const exitCodes: Readonly<Record<ErrorKind, number>> = { usage: 2, environment: 3, tool: 4, timeout: 5, negative: 6, interrupted: 130, terminated: 143 };

/**
 * Aborts on the first SIGTERM or SIGINT; the second one ends the process at once. Not that of a supervisor: it gets a signal of each, when somebody ends
 * all processes of a service (Ctrl-C, a service manager), and the supervisor kills it when it takes too long.
 */
function listenForSignals(hasSupervisor: boolean): AbortSignal {
  const controller = new AbortController();
  const end = (exitCode: number) => {
    if (controller.signal.aborted && !hasSupervisor) process.exit(exitCode);
    controller.abort();
  };
  process.on('SIGTERM', () => end(exitCodes.terminated));
  process.on('SIGINT', () => end(exitCodes.interrupted));
  return controller.signal;
}

/** The version in the package's file, two levels above this one in the sources and in dist; the bundle of the image has it inside. */
function readVersion(): string {
  if (import.meta.bundle !== undefined) return import.meta.bundle.version;
  const packageFile: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const version = typeof packageFile === 'object' && packageFile !== null && 'version' in packageFile ? packageFile.version : undefined;
  return typeof version === 'string' ? version : 'unknown';
}

function log(text: string): void {
  process.stdout.write(formatLogLine(Date.now(), text));
}

async function main(): Promise<number> {
  // Whoever read the log is gone: that is no reason to stop serving.
  process.stdout.on('error', () => {});
  try {
    const settings = readServerSettings(process.env);
    const signal = listenForSignals(settings.listen === 'parent');
    await serve(settings, { signal, log, version: readVersion(), openFeed: openPriceFeed });
    return 0;
  } catch (error) {
    if (!(error instanceof PricectlError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return exitCodes[error.kind];
  }
}

process.exit(await main());
