import { serve, type ServeOptions } from './serve.ts';
import { readServerSettings } from './settings.ts';

/** Serves as this process with prices by `openFeed`, until SIGTERM, and ends the process. */
export async function serveUntilSignal(openFeed: ServeOptions['openFeed']): Promise<never> {
  const controller = new AbortController();
  process.on('SIGTERM', () => controller.abort());
  await serve(readServerSettings(process.env), { signal: controller.signal, log: (text) => process.stdout.write(`${text}\n`), version: '1', openFeed });
  process.exit();
}
