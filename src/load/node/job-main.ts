import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { PricectlError } from '../../tools/errors.ts';
import type { LoadRequest } from '../engine.ts';
import { type JobReport, writeJobLine } from '../job-lines.ts';
import { createNodeEngine } from './engine.ts';

// The program of a load job in a cluster: makes the load that a file (gzipped JSON, a LoadRequest) asks for, and tells on stdout, a JSON
// object a line, how it goes and what it measured. SIGTERM ends the load early.

function report(line: JobReport): void {
  process.stdout.write(writeJobLine(line));
}

/** Aborts on the first SIGTERM or SIGINT; the second one ends the process at once. */
function listenForSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(1);
      controller.abort();
    });
  }
  return controller.signal;
}

async function main(path: string): Promise<void> {
  const signal = listenForSignals();
  report({ type: 'started' });
  const request: LoadRequest = JSON.parse(gunzipSync(await readFile(path)).toString('utf8'));
  const run = createNodeEngine().start(request, { signal, onProgress: (progress) => report({ type: 'progress', progress }) });
  report({ type: 'result', result: await run.result });
}

try {
  await main(process.argv[2] ?? '');
} catch (error) {
  if (!(error instanceof PricectlError)) throw error;
  report({ type: 'failed', error });
  process.exitCode = 1;
}
