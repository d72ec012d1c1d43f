import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A program of the machine, as it can be started. */
export interface Program {
  readonly command: readonly string[];
  readonly version: string;
}

/** What is on the machine beside Node; undefined is not there. Nothing is installed. */
export interface Programs {
  readonly wrk: Program | undefined;
  /** k6 2.x, the real one. */
  readonly k6: Program | undefined;
  readonly go: Program | undefined;
  readonly python: Program | undefined;
  /** A Python that has Flask and gunicorn. */
  readonly flask: Program | undefined;
  /** A Docker engine that answers. */
  readonly docker: Program | undefined;
}

const run = promisify(execFile);

/** Looks for all of them. */
export async function findPrograms(): Promise<Programs> {
  const [wrk, k6, go, python, flask, docker] = await Promise.all([
    ask(['wrk'], ['-v'], /wrk (?:debian\/)?(\S+)/),
    ask(['k6'], ['version'], realK6),
    ask(['go'], ['version'], /go version go(\S+)/),
    ask(['python3'], ['--version'], /Python (\S+)/),
    findFlask(),
    ask(['docker'], ['version', '--format', '{{.Server.Version}}'], /^(\S+)$/m),
  ]);
  return { wrk, k6, go, python, flask, docker };
}

/** The real k6 names the Go that it was built with; what answers to its name alone is no measure of it. */
export const realK6 = /^k6(?:\.exe)? v(2\.\d+\.\d+\S*) \(.*\bgo1\.\d+/m;

async function findFlask(): Promise<Program | undefined> {
  const versions = 'import importlib.metadata as m; print(*(m.version(name) for name in ("flask", "gunicorn")))';
  // Packages of the system are for the system's Python, which need not be the first one.
  for (const python of ['python3', '/usr/bin/python3']) {
    const found = await ask([python], ['-c', versions], /^(\S+ \S+)$/m);
    if (found !== undefined) return { ...found, version: found.version.replace(' ', ', gunicorn ') };
  }
  return undefined;
}

async function ask(command: readonly [string], args: readonly string[], pattern: RegExp): Promise<Program | undefined> {
  const { stdout, stderr } = await run(command[0], args, { timeout: 10_000 }).catch(outputOfFailure);
  const version = pattern.exec(`${stdout}\n${stderr}`)?.[1];
  return version === undefined ? undefined : { command, version };
}

/** wrk tells its version and exits with 1. */
function outputOfFailure(error: unknown): { readonly stdout: string; readonly stderr: string } {
  const text = (key: string): string => String((typeof error === 'object' && error !== null && key in error && Reflect.get(error, key)) || '');
  return { stdout: text('stdout'), stderr: text('stderr') };
}
