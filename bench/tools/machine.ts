import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { createRequire } from 'node:module';
import type { Machine } from '../findings.ts';
import type { Programs } from './programs.ts';

/** This machine, and the versions of all that takes part. */
export function describeMachine(programs: Programs): Machine {
  const { wrk, k6, go, python, flask } = programs;
  const found = { Go: go, Python: python, Flask: flask, wrk, k6 };
  const versions = Object.entries(found).flatMap(([name, program]) => (program === undefined ? [] : [[name, program.version] as const]));
  const packages = ['express', 'fastify', 'autocannon'].map((name) => [name, versionOf(name)] as const);
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown CPU',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    versions: { pricectl: versionOf('..'), Node: process.versions.node, ...Object.fromEntries([...packages, ...versions]) },
  };
}

/** Version of an installed package, `..` being this one. Its manifest need not be among what it exports. */
function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  const folders = name === '..' ? [new URL('../../', import.meta.url).pathname] : (require.resolve.paths(name) ?? []).map((folder) => `${folder}/${name}/`);
  for (const folder of folders) {
    try {
      return JSON.parse(readFileSync(`${folder}package.json`, 'utf8')).version;
    } catch {
      continue;
    }
  }
  return 'unknown';
}
