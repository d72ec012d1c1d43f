import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { HttpClient } from '../../tools/http.ts';
import { fetchBundle, type OperatorRelease } from './bundle.ts';

const text = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: k6-operator-system} # ünïcode\n';
const release: OperatorRelease = { version: '9.8.7', url: 'https://example.test/v9.8.7/bundle.yaml', sha256: createHash('sha256').update(text).digest('hex') };
const signal = new AbortController().signal;

function answering(body: string): HttpClient & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async request(url) {
      asked.push(url);
      return { status: 200, headers: {}, body };
    },
  };
}

test('a download with the right checksum is accepted, and told for what it is', async () => {
  const http = answering(text);
  expect(await fetchBundle(undefined, http, signal, release)).toEqual({ text, source: release.url, sha256: release.sha256, what: 'version 9.8.7' });
  expect(http.asked).toEqual([release.url]);
});

test('a single other byte is refused', async () => {
  await expect(fetchBundle(undefined, answering(`${text} `), signal, release)).rejects.toThrow(
    expect.objectContaining({ code: 'PRICECTL_E_OPERATOR_BUNDLE', message: expect.stringContaining(`not ${release.sha256}; nothing was installed`) }),
  );
});

test.each([
  ['with the right checksum is the version', text, 'version 9.8.7'],
  ['with another is for its user to vouch for', `${text} `, 'not the official version 9.8.7: you vouch for it'],
])('a file %s', async (_, content, what) => {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl-bundle-'));
  const file = join(folder, 'bundle.yaml');
  await writeFile(file, content);
  expect(await fetchBundle(file, answering(''), signal, release)).toMatchObject({ text: content, source: file, what });
  await rm(folder, { recursive: true });
});

test('without another release it is the pinned one', async () => {
  const http = answering(text);
  await expect(fetchBundle(undefined, http, signal)).rejects.toThrow(/not 13daa0834738333b53b40802d0578aa137616a9685b636eadbdbcb66b6976f42;/);
  expect(http.asked).toEqual(['https://raw.githubusercontent.com/grafana/k6-operator/v1.6.0/bundle.yaml']);
});
