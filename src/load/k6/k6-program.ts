import { EnvironmentError, PricectlError } from '../../tools/errors.ts';
import type { Environment } from '../../tools/files.ts';
import { isRecord, parseJson } from '../../tools/json.ts';
import { type Processes, ToolFailedError } from '../../tools/process.ts';
import { toolEnvironment } from '../../tools/tool-environment.ts';
import { describeExit } from './exit-words.ts';
import { mainFile, scriptError } from './script-files.ts';

/** The oldest k6 that does as we ask: its REST API is off without `--address`, and its scenarios count more than flags. */
const oldestMajor = 2;

const versionMs = 20_000;
const inspectMs = 60_000;

/** A k6 on this machine. */
export interface K6Program {
  readonly processes: Processes;
  /** Name on the PATH, or path. */
  readonly file: string;
  /** Its whole environment. */
  readonly env: Environment;
  /** `2.2.0` */
  readonly version: string;
}

/** The environment of a k6 that keeps to itself: no reports of usage, no colours, no downloads of extensions. */
function k6Environment(env: Environment, own: Readonly<Record<string, string>> = {}): Environment {
  return { ...toolEnvironment('k6', env), K6_NO_USAGE_REPORT: 'true', K6_NO_COLOR: 'true', K6_AUTO_EXTENSION_RESOLUTION: 'false', ...own };
}

/**
 * Finds k6 and asks for its version. Throws EnvironmentError `PRICECTL_E_K6_MISSING` when there is none, `PRICECTL_E_K6_VERSION` when it is too
 * old or isn't k6, and the signal's reason.
 */
export async function findK6(processes: Processes, env: Environment, binary: string | undefined, signal: AbortSignal): Promise<K6Program> {
  const file = binary ?? 'k6';
  const own = k6Environment(env);
  const hints = ['install k6 2.0 or newer: https://grafana.com/docs/k6/latest/set-up/install-k6/', 'or name it: --k6-binary FILE', 'or do without: --engine node'];
  try {
    const { stdout } = await processes.run({ file, args: ['version'], env: own, timeoutMs: versionMs, signal });
    const [, version, major] = /\bv((\d+)\.\d+\.\d+[\w.+-]*)/.exec(stdout) ?? [];
    if (version === undefined) throw new EnvironmentError('PRICECTL_E_K6_VERSION', `${file} doesn't say which k6 it is: ${JSON.stringify(stdout.slice(0, 80))}`, { hints });
    if (Number(major) < oldestMajor) throw new EnvironmentError('PRICECTL_E_K6_VERSION', `${file} is k6 ${version}; 2.0 or newer is needed`, { hints });
    return { processes, file, env: own, version };
  } catch (cause) {
    if (cause instanceof ToolFailedError) throw new EnvironmentError('PRICECTL_E_K6_VERSION', `${file} can't tell its version: ${cause.message}`, { hints, cause });
    if (!(cause instanceof PricectlError) || cause.code !== 'PRICECTL_E_TOOL_MISSING') throw cause;
    throw new EnvironmentError('PRICECTL_E_K6_MISSING', binary === undefined ? "k6 isn't installed: PATH leads to no such program" : `there is no program ${binary}`, { hints, cause });
  }
}

/**
 * The most virtual users that the script in a folder may use, as k6 reads it. Throws UsageError `PRICECTL_E_SCRIPT` with k6's own words when it
 * can't run it, and what `Processes.run` throws.
 */
export async function askMaxVus(k6: K6Program, folder: string, signal: AbortSignal): Promise<number | null> {
  const args = ['inspect', '--execution-requirements', '--no-thresholds', '--include-system-env-vars', `${folder}/${mainFile}`];
  try {
    const { stdout } = await k6.processes.run({ file: k6.file, args, env: k6.env, timeoutMs: inspectMs, signal });
    const told = parseJson(stdout);
    return isRecord(told) && typeof told['maxVUs'] === 'number' ? told['maxVUs'] : null;
  } catch (error) {
    // One that a signal ended says nothing of the script.
    if (!(error instanceof ToolFailedError) || error.exitCode === undefined) throw error;
    throw scriptError(`k6 can't run the script: ${describeExit(error.exitCode, error.stderr, folder)}`, ['run it by itself, to see what k6 says: k6 run FILE'], error);
  }
}
