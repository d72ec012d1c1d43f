import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asFileError } from '../../tools/files.ts';
import type { ManifestTemplates } from './manifests.ts';

/** Reads the templates of all manifests from their folder. Throws EnvironmentError. */
export async function readTemplates(folder: string): Promise<ManifestTemplates> {
  const read = async (name: keyof ManifestTemplates) => {
    const path = join(folder, `${name}.yaml`);
    return readFile(path, 'utf8').catch((error: unknown) => {
      throw asFileError(error, `can't read the template ${path}`);
    });
  };
  return {
    namespace: await read('namespace'),
    'service-account': await read('service-account'),
    'network-policy': await read('network-policy'),
    'prices-config-map': await read('prices-config-map'),
    service: await read('service'),
    'disruption-budget': await read('disruption-budget'),
    deployment: await read('deployment'),
    autoscaler: await read('autoscaler'),
  };
}
