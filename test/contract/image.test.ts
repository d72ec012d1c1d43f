import { globSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readImageFiles } from '../../src/targets/kubernetes/image-context.ts';
import { loadJob } from '../../src/targets/kubernetes/manifest-load-job.ts';
import { ofKind, renderExample, valueAt } from '../../src/targets/kubernetes/manifests.fixture.ts';
import { root } from './commands.ts';

const dockerfile = readFileSync(join(root, 'templates', 'Dockerfile'), 'utf8');
const image = join(root, 'dist', 'image');

/** The instructions of the Dockerfile, as words and the rest. */
const instructions = dockerfile
  .replaceAll(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)] as const);

test('nothing is run to build the image, and nothing but Node in it: no shell is needed', () => {
  expect([...new Set(instructions.map(([name]) => name))].toSorted()).toEqual(['ARG', 'CMD', 'COPY', 'ENTRYPOINT', 'ENV', 'EXPOSE', 'FROM', 'LABEL', 'STOPSIGNAL', 'USER', 'WORKDIR']);
  for (const [, value] of instructions.filter(([name]) => name === 'ENTRYPOINT' || name === 'CMD')) expect(Array.isArray(JSON.parse(value))).toBe(true);
  expect(instructions).toContainEqual(['ENTRYPOINT', '["node", "/app/server.js"]']);
});

test('its user is nobody, by number, from before the first process', () => {
  expect(instructions.filter(([name]) => name === 'USER')).toEqual([['USER', '10001:10001']]);
});

test('it gets the bundled files by their names, and the build sees no others', async () => {
  const copied = instructions.filter(([name]) => name === 'COPY').map(([, value]) => value.split(' '));
  expect(copied).toEqual([[expect.any(String), ...Array.from({ length: 5 }, () => expect.stringMatching(/^[a-z.]+$/)), './']]);
  const context = (await readImageFiles({ bundleFolder: image, dockerfile: join(root, 'templates', 'Dockerfile') })).map(([name]) => name);
  expect(context).toEqual(['Dockerfile', ...readdirSync(image).toSorted()]);
  expect(copied.flat().slice(0, -1).toSorted()).toEqual(context.slice(1));
});

test.each(['image/*', '**/*.js', '*.{json,txt}'])('dist/%s holds no source map, no secret, and no path of the machine that built it', (pattern) => {
  const files = globSync(pattern, { cwd: join(root, 'dist') });
  expect(files.length).toBeGreaterThan(2);
  expect(files.filter((file) => /\.map$|npmrc|\.env|\.git/.test(file))).toEqual([]);
  for (const file of files) {
    const text = readFileSync(join(root, 'dist', file), 'utf8');
    expect(text.match(/sourceMappingURL=\S+|sourcesContent|_authToken|BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY/g), file).toBeNull();
    for (const place of [root, ...(homedir().length > 5 ? [homedir()] : [])]) expect(text.includes(place), `${file} holds ${place}`).toBe(false);
  }
});

test('pods are asked from outside: no probe and no hook runs a program in them', async () => {
  const template = valueAt(ofKind(await renderExample(), 'Deployment'), 'spec.template.spec');
  const job = valueAt(loadJob({ identity: { namespace: 'a', name: 'b' }, suffix: 'c', image: 'd', request: '', seconds: 1 }), 'spec.template.spec');
  for (const spec of [template, job]) expect(JSON.stringify(spec)).not.toMatch(/"exec"|"sh"|"hostNetwork"|"hostPath"|"privileged"/);
  for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) expect(valueAt(template, `containers.0.${probe}.httpGet.path`)).toMatch(/^\/(livez|readyz)$/);
  expect(valueAt(template, 'containers.0.lifecycle.preStop')).toEqual({ sleep: { seconds: 5 } });
  expect(valueAt(template, 'containers.0.command')).toBeUndefined();
});
