import type { LoadRequest } from '../engine.ts';
import { userAgent } from '../node/request-table.ts';
import { parseServiceUrl } from '../node/service-url.ts';
import type { K6Script } from './script.ts';
import { mostScriptBytes, ownScript, priceFile, scriptError, sizeOf } from './script-files.ts';
import { k6Options } from './script-options.ts';
import { wrapperFiles } from './script-wrapper.ts';
import { mostVus } from './split.ts';
import { ownScenario } from '../profile.ts';

/**
 * The script that makes the load of a request: k6/price.js with the request's data beside it. Throws UsageError for a bad URL, a profile that
 * k6 can't make, and a script of more than `mostBytes` bytes (what a ConfigMap holds); TypeError for an open-ended profile.
 */
export function generateScript(request: LoadRequest, mostBytes = mostScriptBytes): K6Script {
  const { profile, ids } = request;
  const { origin, basePath } = parseServiceUrl(request.url);
  const settings = {
    url: `${origin}${basePath}`,
    thinkTimeMs: profile.thinkTimeMs,
    requestTimeoutMs: request.requestTimeoutMs,
    options: k6Options(profile, userAgent),
  };
  const files = new Map([
    ...wrapperFiles({ file: priceFile, hasDefault: true, thresholds: {} }),
    [priceFile, ownScript(priceFile)],
    ['settings.json', JSON.stringify(settings, null, 2)],
    ['ids.json', JSON.stringify(ids.map((id) => id.toWellFormed()))],
  ]);
  const bytes = sizeOf(files);
  if (bytes > mostBytes) {
    const message = `a k6 script with ${count(ids.length)} ids takes ${count(bytes)} bytes; a ConfigMap holds ${count(mostBytes)}`;
    throw scriptError(message, ['give a file with fewer of them: --ids FILE', '--engine k6 takes any number']);
  }
  return { files, env: {}, maxVus: mostVus(ownScenario(profile)), isOwn: false };
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
