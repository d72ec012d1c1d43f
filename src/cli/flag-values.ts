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

/** An http or https URL, as it was given. Throws UsageError. */
export function parseHttpUrl(text: string, flag: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new UsageError('PRICECTL_E_USAGE', `${flag} ${JSON.stringify(text)} is not an http(s) URL, such as http://127.0.0.1:8080`);
  }
  return text;
}
