import { createHash } from 'node:crypto';
import { readTextIfThere } from '../../tools/files.ts';
import { EnvironmentError, ToolError, UsageError } from '../../tools/errors.ts';
import type { HttpClient } from '../../tools/http.ts';

/** A version of the operator, where its manifests are, and their SHA-256. */
export interface OperatorRelease {
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
}

/** The version that is installed. */
const pinnedRelease: OperatorRelease = {
  version: '1.6.0',
  url: 'https://raw.githubusercontent.com/grafana/k6-operator/v1.6.0/bundle.yaml',
  sha256: '13daa0834738333b53b40802d0578aa137616a9685b636eadbdbcb66b6976f42',
};

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
export async function fetchBundle(file: string | undefined, http: HttpClient, signal: AbortSignal, release = pinnedRelease): Promise<OperatorBundle> {
  if (file !== undefined) return readBundle(file, release);
  const { url, version } = release;
  const { status, body } = await download(url, http, signal);
  if (status !== 200) throw new ToolError('PRICECTL_E_OPERATOR_BUNDLE', `${url} answers ${status}`, { hints: withoutNetwork });
  const sha256 = hashOf(body);
  if (sha256 !== release.sha256) {
    throw new ToolError('PRICECTL_E_OPERATOR_BUNDLE', `${url} isn't what it was: its SHA-256 is ${sha256}, not ${release.sha256}; nothing was installed`, { hints: withoutNetwork });
  }
  return { text: body, source: url, sha256, what: `version ${version}` };
}

const withoutNetwork = ['give its bundle.yaml as a file: --operator-bundle FILE', 'or install k6-operator yourself, or choose --engine node'];

async function readBundle(file: string, { version, ...pinned }: OperatorRelease): Promise<OperatorBundle> {
  const text = await readTextIfThere(file);
  if (text === undefined) throw new UsageError('PRICECTL_E_USAGE', `--operator-bundle: there is no file ${file}`);
  const sha256 = hashOf(text);
  const what = sha256 === pinned.sha256 ? `version ${version}` : `not the official version ${version}: you vouch for it`;
  return { text, source: file, sha256, what };
}

async function download(url: string, http: HttpClient, signal: AbortSignal) {
  try {
    return await http.request(url, { timeoutMs: downloadMs, maxBytes: mostBytes, signal });
  } catch (error) {
    if (error instanceof EnvironmentError) throw new EnvironmentError(error.code, `k6-operator can't be downloaded: ${error.message}`, { hints: withoutNetwork, cause: error });
    throw error;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
