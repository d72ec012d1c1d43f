import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { LoadRequest } from '../engine.ts';
import { buildProfile, type ProfileOptions } from '../profile-builder.ts';

const run = promisify(execFile);

/** A folder with files; gone on disposal. */
export interface TestFolder extends AsyncDisposable {
  readonly path: string;
}

/** Makes a folder with these files, given by their paths in it. */
export async function createFolder(files: Readonly<Record<string, string | Uint8Array>>): Promise<TestFolder> {
  const path = await mkdtemp(join(tmpdir(), 'pricectl-test-script-'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/** Rejects when a text isn't a module that JavaScript engines can read. */
export async function checkSyntax(text: string): Promise<void> {
  await using folder = await createFolder({ 'script.mjs': text });
  await run(process.execPath, ['--check', join(folder.path, 'script.mjs')]);
}

/** A load test as the command asks for it. */
export function loadRequest(options: ProfileOptions, changes: Partial<LoadRequest> = {}): LoadRequest {
  return { profile: buildProfile(options), url: 'http://127.0.0.1:8080', ids: ['P124'], resend: true, requestTimeoutMs: 60_000, ...changes };
}
