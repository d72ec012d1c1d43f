import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePrivateFolder, readTextIfThere, writeFileAtomic } from '../tools/files.ts';

/** Remembers on this machine that a minikube profile was made by us, so that `down --cluster` may delete it. */
export interface ProfileRecord {
  isThere(): Promise<boolean>;
  write(): Promise<void>;
  /** Forgets the profile and all services on it. */
  remove(): Promise<void>;
}

/** The record of a profile in the state folder. A user with several minikube homes has a profile of that name in each. Methods throw EnvironmentError. */
export function createProfileRecord(stateFolder: string, profile: string, minikubeHome: string): ProfileRecord {
  const folder = join(stateFolder, 'minikube');
  const path = join(folder, `${encodeURIComponent(minikubeHome).replaceAll('.', '%2E')}.${profile}.json`);
  return {
    isThere: async () => (await readTextIfThere(path)) !== undefined,
    async write() {
      await ensurePrivateFolder(folder, stateFolder);
      await writeFileAtomic(path, `${JSON.stringify({ profile, minikubeHome })}\n`);
    },
    async remove() {
      await rm(path, { force: true });
      await rm(join(folder, profile), { recursive: true, force: true });
    },
  };
}
