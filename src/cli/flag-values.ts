import { UsageError } from '../tools/errors.ts';

/**
 * CPU as Kubernetes writes it (`100m`, `0.5`, `2`) in millicores, rounded to whole ones.
 * Throws UsageError unless it is between 1m and 1024 cores.
 */
export function parseCpuQuantity(text: string, flag: string): number {
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(text);
  const millicores = match?.[1] === undefined ? Number.NaN : Math.round(Number(match[1]) * (match[2] === 'm' ? 1 : 1_000));
  if (!(millicores >= 1 && millicores <= 1_024_000)) {
    throw new UsageError('PRICECTL_E_USAGE', `${flag} ${JSON.stringify(text)} is not an amount of CPU, such as 100m or 0.5`);
  }
  return millicores;
}

/** A whole percentage of at least 1, with or without the sign. Throws UsageError. */
export function parsePercent(text: string, flag: string): number {
  const percent = /^\d{1,4}%?$/.test(text) ? Number.parseInt(text, 10) : Number.NaN;
  if (!(percent >= 1)) throw new UsageError('PRICECTL_E_USAGE', `${flag} ${JSON.stringify(text)} is not a percentage, such as 50`);
  return percent;
}

/**
 * A DNS label of at most 50 characters that starts with a letter (RFC 1123; shorter than its 63, as names are derived from it).
 * Throws UsageError.
 */
export function parseName(text: string, flag: string): string {
  if (!/^[a-z]([a-z0-9-]{0,48}[a-z0-9])?$/.test(text)) {
    throw new UsageError(
      'PRICECTL_E_USAGE',
      `${flag} ${JSON.stringify(text)} is not a name: small letters, digits and hyphens, a letter first, at most 50 characters`,
    );
  }
  return text;
}

/** The name of an object that somebody else may have made: a DNS subdomain (RFC 1123). Throws UsageError. */
export function parseObjectName(text: string, what: string): string {
  if (!/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(text)) {
    throw new UsageError('PRICECTL_E_USAGE', `${what} ${JSON.stringify(text)} is not the name of an object: small letters, digits, hyphens and dots`);
  }
  return text;
}

/** An http or https URL, as it was given. Throws UsageError. */
export function parseHttpUrl(text: string, flag: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    // What isn't a URL can't be told without its secrets as one.
    const told = /[@?#]/.test(text) ? '' : ` ${JSON.stringify(text)}`;
    throw new UsageError('PRICECTL_E_USAGE', `${flag}${told} is not an http(s) URL, such as http://127.0.0.1:8080`);
  }
  return text;
}

/** Bytes of each suffix of a quantity of Kubernetes. */
const memoryUnits: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Memory as Kubernetes writes it (`256Mi`, `1.5Gi`, `200M`) in bytes. Throws UsageError unless it is whole bytes, between 16Mi and 16Ti. */
export function parseMemoryQuantity(text: string, flag: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([kMGT]|[KMGT]i)?$/.exec(text) ?? [];
  const bytes = amount === undefined ? Number.NaN : Number(amount) * (memoryUnits[unit] ?? Number.NaN);
  if (!(Number.isInteger(bytes) && bytes >= 16 * 2 ** 20 && bytes <= 16 * 2 ** 40)) {
    throw new UsageError('PRICECTL_E_USAGE', `${flag} ${JSON.stringify(text)} is not an amount of memory between 16Mi and 16Ti, such as 256Mi`);
  }
  return bytes;
}

/** Memory of a virtual machine as minikube writes it (`4096`, `4096mb`, `4g`), passed on as it is. Throws UsageError. */
export function parseMachineMemory(text: string, flag: string): string {
  if (!/^(max|no-limit|[1-9]\d{0,9}([kmg]b?)?)$/.test(text)) {
    throw new UsageError('PRICECTL_E_USAGE', `${flag} ${JSON.stringify(text)} is not an amount of memory for minikube, such as 4g`);
  }
  return text;
}

const registryHost = String.raw`(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?`;
const repositoryPath = String.raw`[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*`;
const imageReference = new RegExp(`^(?:${registryHost}/)?${repositoryPath}(?::\\w[\\w.-]{0,127})?(?:@[a-z0-9]+:[0-9a-f]{32,128})?$`);
const registryReference = new RegExp(`^${registryHost}(?:/${repositoryPath})?$`);

/** Name of an image: registry, repository, tag, digest (github.com/distribution/reference). Throws UsageError. */
export function parseImage(text: string, flag: string): string {
  if (!imageReference.test(text) || text.length > 255) {
    throw new UsageError('PRICECTL_E_USAGE', `${flag} ${JSON.stringify(text)} is not the name of an image, such as registry.example.com/price-api:1.0`);
  }
  return text;
}

/** A registry, and maybe a path in it. Throws UsageError. */
export function parseRegistry(text: string, flag: string): string {
  // What is below it is named too, and all of a name has 255.
  if (!registryReference.test(text) || text.length > 240) {
    throw new UsageError('PRICECTL_E_USAGE', `${flag} ${JSON.stringify(text)} is not a registry, such as registry.example.com/team`);
  }
  return text;
}
