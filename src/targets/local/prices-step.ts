import { stat } from 'node:fs/promises';
import { describePriceData } from '../../prices/describe-data.ts';
import { loadPriceTable } from '../../prices/load.ts';
import { parsePriceSource } from '../../prices/source.ts';
import { estimateTableMemory } from '../../prices/table-memory.ts';
import type { PriceData } from '../../prices/table.ts';
import { formatBytes } from '../../tools/bytes.ts';
import { EnvironmentError, PricectlError } from '../../tools/errors.ts';
import type { ServiceSettings, Step, StepContext } from '../target.ts';
import { availableMemory } from './available-memory.ts';
import type { Report } from './control-protocol.ts';
import { findSupervisor, type LocalService } from './local-service.ts';

/**
 * The step of `up` that reads the price list, before anything is changed for it. Throws what loading it throws, and EnvironmentError
 * `PRICECTL_E_MEMORY` when the tables of all replicas would not fit in the memory that is free.
 */
export function pricesStep(service: LocalService, settings: ServiceSettings, onValid: (prices: PriceData) => void): Step {
  return {
    title: 'prices',
    async run(context) {
      const source = parsePriceSource(settings.prices);
      const report = await askRunning(service, context);
      // Replicas that run now make room for others, or are among those that are counted.
      const free = (await availableMemory()) + (report?.pods ?? []).reduce((sum, pod) => sum + (pod.memoryBytes ?? 0), 0);
      // A file that is too large for the machine had better not be read at all.
      if (source.kind === 'file') refuseTooLarge(estimateTableMemory(await sizeOf(source.path), 0), settings.max, free);
      context.progress('reading');
      const table = await loadPriceTable(source, { signal: context.signal });
      refuseTooLarge(table.memoryBytes, settings.max, free);
      onValid(table);
      const isServed = report?.wish.settings.prices === settings.prices && report.prices?.sha256 === table.sha256;
      return { outcome: isServed ? 'unchanged' : 'done', detail: describePriceData(table) };
    },
  };
}

/** Size of a file; 0 when there is none, about which the reader has better words. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** What runs now; undefined when nothing does, or doesn't say. */
async function askRunning(service: LocalService, { signal }: StepContext): Promise<Report | undefined> {
  const found = await findSupervisor(service, signal);
  try {
    return found.kind === 'running' ? await found.control.report(signal) : undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof PricectlError) return undefined;
    throw error;
  }
}

/** Throws EnvironmentError `PRICECTL_E_MEMORY` when so many replicas with a table of this size need more than is free. */
export function refuseTooLarge(tableBytes: number, replicas: number, freeBytes: number): void {
  if (tableBytes * replicas <= freeBytes) return;
  const fitting = Math.floor(freeBytes / tableBytes);
  const message = `the price lists of ${replicas} replicas need ${formatBytes(tableBytes * replicas)} of memory, and ${formatBytes(freeBytes)} are free`;
  throw new EnvironmentError('PRICECTL_E_MEMORY', message, { hints: fitting > 0 ? [`pricectl up --max ${fitting}`] : ['use a machine with more memory'] });
}
