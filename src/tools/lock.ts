import { createHash, randomUUID } from 'node:crypto';
import { link, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from './clock.ts';
import { EnvironmentError, systemCode } from './errors.ts';
import { asFileError, ensurePrivateFolder, readTextIfThere } from './files.ts';
import { isRecord, parseJson } from './json.ts';
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.ts';

/** What a lock file says. */
interface Claim {
  /** Differs between any two claims. */
  readonly token: string;
  readonly holder: ProcessIdentity;
  /** What the holder is doing: `pricectl up`. */
  readonly command: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** What stands in a file; the claim is undefined when that was not left by a holder, and the token then the hash of the text. */
interface Standing {
  readonly token: string;
  readonly claim: Claim | undefined;
}

/** What is locked, by whom, for what. */
export interface LockOptions {
  /** The lock file; its folder is made when it is missing. */
  readonly path: string;
  /** The folder from which down to the lock's nobody else may write. */
  readonly top: string;
  /** What the lock is taken for, as the user knows it: `pricectl up`. */
  readonly command: string;
  readonly clock: Clock;
}

/**
 * Takes a lock that one process of this machine can hold, and gives it back on disposal.
 * Throws EnvironmentError `PRICECTL_E_LOCKED`, naming the holder, when it is held.
 *
 * A claim is written beside and then hard-linked into place, so that it appears at once and whole, and only where nothing is.
 * A lock whose holder died is taken over by linking a claim to a name made of the dead claim's token: of all who find that claim dead, one
 * succeeds. Should the successor die too, the next one follows its token. Whoever is last in that chain moves its claim to the lock's own name.
 */
export async function acquireLock(options: LockOptions): Promise<AsyncDisposable> {
  const { path, top } = options;
  await ensurePrivateFolder(dirname(path), top);
  const claim = await createClaim(options);
  const own = `${path}.${process.pid}.${claim.token}.claim`;
  try {
    await writeClaim(own, claim);
    let isHeld = false;
    while (!isHeld) isHeld = (await linkIfFree(own, path)) || (await takeOver(own, options));
  } finally {
    await rm(own, { force: true });
  }
  await removeLeftovers(path);
  return { [Symbol.asyncDispose]: () => release(path, claim) };
}

async function createClaim({ command, clock }: LockOptions): Promise<Claim> {
  const holder = await identifyProcess(process.pid);
  if (holder === undefined) throw new Error('this process does not find itself');
  return { token: randomUUID(), holder, command, since: clock.now() };
}

/** What a process that dies here leaves has a name that says whose it is. */
async function writeClaim(path: string, claim: Claim): Promise<void> {
  try {
    await writeFile(path, JSON.stringify(claim), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw asFileError(error, `can't write ${path}`);
  }
}

/** True when the lock of a dead holder is ours now, false when it changed under our eyes and must be looked at again. */
async function takeOver(own: string, options: LockOptions): Promise<boolean> {
  const root = await readStanding(options.path);
  let last = root;
  while (last !== undefined) {
    if (last.claim !== undefined && (await isRunning(last.claim.holder))) throw heldBy(last.claim, options);
    const successor = `${options.path}.${last.token}`;
    if (await linkIfFree(own, successor)) return moveToRoot(successor, root, options.path);
    last = await readStanding(successor);
  }
  return false;
}

/** The end of the chain before us may have become the root meanwhile; then our link follows nothing and is undone. */
async function moveToRoot(successor: string, root: Standing | undefined, path: string): Promise<boolean> {
  if ((await readStanding(path))?.token === root?.token) {
    await rename(successor, path);
    return true;
  }
  await rm(successor, { force: true });
  return false;
}

async function linkIfFree(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw asFileError(error, `can't lock ${to}`);
  }
}

async function readStanding(path: string): Promise<Standing | undefined> {
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  const claim = toClaim(parseJson(text));
  return { token: claim?.token ?? createHash('sha256').update(text).digest('hex'), claim };
}

function toClaim(value: unknown): Claim | undefined {
  if (!isRecord(value) || !isRecord(value['holder'])) return undefined;
  const { token, command, since } = value;
  const { pid, startedAt } = value['holder'];
  if (typeof token !== 'string' || !/^[0-9a-f-]{36}$/.test(token) || typeof command !== 'string') return undefined;
  if (typeof since !== 'number' || typeof pid !== 'number' || typeof startedAt !== 'string') return undefined;
  return { token, holder: { pid, startedAt }, command, since };
}

function heldBy({ command, holder, since }: Claim, { clock }: LockOptions): EnvironmentError {
  const seconds = Math.max(0, Math.round((clock.now() - since) / 1000));
  const message = `\`${command}\` (pid ${holder.pid}) has been changing this service for ${seconds} s`;
  return new EnvironmentError('PRICECTL_E_LOCKED', message, { hints: ['wait until it is done, or end it'] });
}

/** Removes what processes that died while they took the lock left beside it. Only the holder may: nobody follows the old chain any more. */
async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${basename(path)}.`));
  for (const file of names.map((name) => join(folder, name))) {
    if (!(await isInUse(file))) await rm(file, { force: true });
  }
}

/** A claim that isn't whole may be one that is being written. */
async function isInUse(file: string): Promise<boolean> {
  const claim = (await readStanding(file))?.claim;
  if (claim !== undefined) return isRunning(claim.holder);
  const [, pid] = /\.(\d+)\.[0-9a-f-]{36}\.claim$/.exec(file) ?? [];
  return pid !== undefined && (await identifyProcess(Number(pid))) !== undefined;
}

async function release(path: string, claim: Claim): Promise<void> {
  // Nobody replaces the claim of a running process, so nothing changes between the look and the removal.
  if ((await readStanding(path))?.token === claim.token) await rm(path, { force: true });
}
