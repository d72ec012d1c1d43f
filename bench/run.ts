/**
 * `npm run bench`: measures pricectl beside what somebody would take instead, and writes `bench/results/*.json` and `docs/performance.md`.
 * `npm run bench -- NAME...` measures some sections only, `npm run bench -- --page` writes the page from the results that are there.
 * It installs nothing; what a machine doesn't have is left out and named. It reports, and never fails for being slow.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Section } from './context.ts';
import type { SectionResult } from './findings.ts';
import { keepResult, writePage } from './results.ts';
import { chooseSections, sections } from './sections/sections.ts';
import { toText } from './text.ts';
import { findCores } from './tools/cores.ts';
import { describeMachine } from './tools/machine.ts';
import { root } from './tools/peers.ts';
import { findPrograms } from './tools/programs.ts';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { page: { type: 'boolean', default: false } } });
  const chosen = values.page ? [] : chooseSections(positionals);
  const controller = new AbortController();
  for (const [signal, exitCode] of [['SIGINT', 130], ['SIGTERM', 143]] as const) process.once(signal, () => controller.abort(exitCode));
  if (chosen.length > 0) build();
  const [programs, cores] = [await findPrograms(), findCores()];
  for (const section of chosen) {
    const result = await measure(section, { programs, cores, signal: controller.signal });
    if (controller.signal.aborted) {
      process.exitCode = Number(controller.signal.reason);
      return;
    }
    if (result === undefined) continue;
    process.stdout.write(`${toText(result)}\n`);
    await keepResult(root, result);
  }
  process.stderr.write(`${await writePage(root, sections.map(({ name }) => name))} is written\n`);
}

/** What is measured is what is shipped, so it must be of these sources. */
function build(): void {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'prepare.js')], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the build failed');
}

type Surroundings = Pick<Parameters<Section['measure']>[0], 'programs' | 'cores' | 'signal'>;

/** A section that can't be measured is reported and has no result; the others go on. */
async function measure(section: Section, surroundings: Surroundings): Promise<SectionResult | undefined> {
  const { name, title } = section;
  const folder = await mkdtemp(join(tmpdir(), 'pricectl-bench-'));
  const log = (text: string): void => void process.stderr.write(`${name}: ${text}\n`);
  const startedAt = performance.now();
  try {
    const findings = await section.measure({ ...surroundings, folder, log });
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    const pinning = surroundings.cores.arePinned ? [] : ['Server and load were not kept on cores of their own: this machine has no taskset, or one core.'];
    const machine = describeMachine(surroundings.programs);
    return { section: name, title, measuredAt: new Date().toISOString(), seconds, machine, ...findings, remarks: [...(findings.remarks ?? []), ...pinning] };
  } catch (error) {
    if (surroundings.signal.aborted) return undefined;
    log(`could not be measured: ${error instanceof Error ? [error.message, error.cause].filter(Boolean).join(': ') : String(error)}`);
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
