import { createHash } from 'node:crypto';
import { readTextIfThere } from '../../tools/files.ts';
import { EnvironmentError, ToolError, UsageError } from '../../tools/errors.ts';
import type { HttpClient } from '../../tools/http.ts';

/** The version that is installed, where its manifests are, and their SHA-256. */
const operatorVersion = '1.6.0';
const bundleUrl = `https://raw.githubusercontent.com/grafana/k6-operator/v${operatorVersion}/bundle.yaml`;
const bundleSha256 = '13daa0834738333b53b40802d0578aa137616a9685b636eadbdbcb66b6976f42';

const downloadMs = 60_000;
const mostBytes = 16 * 2 ** 20;

/** Manifests of the operator. */
export interface OperatorBundle {
  readonly text: string;
  /** URL or file. */
  readonly source: string;
  readonly sha256: string;
  /** What it is, in words: `version 1.6.0` or `a file that you vouch for`. */
  readonly what: string;
}

/**
 * The manifests of the pinned version, from its project, refused unless every byte is the known one; or those of a file, for which its user vouches.
 * Throws ToolError `PRICECTL_E_OPERATOR_BUNDLE` for another content, UsageError for a file that isn't there, EnvironmentError with how to go on
 * without that network, and what HttpClient throws.
 */
export async function fetchBundle(file: string | undefined, http: HttpClient, signal: AbortSignal): Promise<OperatorBundle> {
  if (file !== undefined) return readBundle(file);
  const { status, body } = await download(http, signal);
  if (status !== 200) throw new ToolError('PRICECTL_E_OPERATOR_BUNDLE', `${bundleUrl} answers ${status}`, { hints: withoutNetwork });
  const sha256 = hashOf(body);
  if (sha256 !== bundleSha256) {
    throw new ToolError('PRICECTL_E_OPERATOR_BUNDLE', `${bundleUrl} isn't what it was: its SHA-256 is ${sha256}, not ${bundleSha256}; nothing was installed`, { hints: withoutNetwork });
  }
  return { text: body, source: bundleUrl, sha256, what: `version ${operatorVersion}` };
}

const withoutNetwork = ['give its bundle.yaml as a file: --operator-bundle FILE', 'or install k6-operator yourself, or choose --engine node'];

async function readBundle(file: string): Promise<OperatorBundle> {
  const text = await readTextIfThere(file);
  if (text === undefined) throw new UsageError('PRICECTL_E_USAGE', `--operator-bundle: there is no file ${file}`);
  const sha256 = hashOf(text);
  const what = sha256 === bundleSha256 ? `version ${operatorVersion}` : `not the official version ${operatorVersion}: you vouch for it`;
  return { text, source: file, sha256, what };
}

async function download(http: HttpClient, signal: AbortSignal) {
  try {
    return await http.request(bundleUrl, { timeoutMs: downloadMs, maxBytes: mostBytes, signal });
  } catch (error) {
    if (error instanceof EnvironmentError) throw new EnvironmentError(error.code, `k6-operator can't be downloaded: ${error.message}`, { hints: withoutNetwork, cause: error });
    throw error;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
