import { execFileSync } from 'node:child_process';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findExecutable } from '../../src/tools/process-find.ts';
import { type FakeCluster, startFakeCluster } from '../fakes/cluster/fake-cluster.ts';
import { rightOf } from '../fakes/cluster/question.ts';
import { createSandbox, freePort, type Sandbox } from './sandbox.ts';

/** The machine's own kubectl: what it makes of a kubeconfig is what this is about. */
const kubectl = await findExecutable('kubectl', process.env);

let sandbox: Sandbox;
let bin: string;
const clusters: { readonly cluster: FakeCluster; readonly url: string }[] = [];
const cleanUps = new AsyncDisposableStack();

beforeAll(async () => {
  sandbox = cleanUps.use(await createSandbox());
  bin = join(sandbox.folder, 'bin');
  await mkdir(bin);
  if (kubectl !== undefined) await symlink(kubectl, join(bin, 'kubectl'));
  for (let count = 0; count < 2; count++) {
    const cluster = cleanUps.use(await startFakeCluster());
    const port = await freePort();
    cleanUps.use(await cluster.listen(port));
    clusters.push({ cluster, url: `http://127.0.0.1:${port}` });
  }
});
afterAll(() => cleanUps.disposeAsync());

/** A kubeconfig with one context for each of these clusters and users. */
function config(contexts: Readonly<Record<string, { readonly server?: string; readonly user?: object }>>): string {
  const entries = Object.entries(contexts);
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': entries[0]?.[0] ?? '',
    clusters: entries.flatMap(([name, { server }]) => (server === undefined ? [] : [{ name, cluster: { server } }])),
    users: entries.map(([name, { user = {} }]) => ({ name, user })),
    contexts: entries.map(([name]) => ({ name, context: { cluster: name, user: name } })),
  });
}

function run(args: string, KUBECONFIG: string) {
  return sandbox.run(args.split(' '), { env: { PATH: bin, KUBECONFIG } });
}

const exec = (command: string) => ({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' } });

describe.skipIf(kubectl === undefined)('a kubeconfig (with a kubectl on the PATH)', { timeout: 120_000 }, () => {
  test.each<[string, () => Promise<string>, string, RegExp, string?]>([
    ['that is missing', async () => join(sandbox.folder, 'none'), 'NO_CONTEXT', /no context a$/],
    ['that is empty', () => sandbox.write('empty', ''), 'NO_CONTEXT', /no context a$/],
    ['that is garbage', () => sandbox.write('garbage', '\u0000\u001B[31m: ['), 'KUBECONFIG', /error loading config file/],
    ['that is a folder', async () => bin, 'KUBECONFIG', /is a directory/],
    ['without the context', () => sandbox.write('others', config({ b: { server: 'http://127.0.0.1:1' } })), 'NO_CONTEXT', /no context a$/],
    ['whose context has no cluster, before anything is changed', () => sandbox.write('nowhere', config({ a: {} })), 'KUBECONFIG', /a leads nowhere/, 'up --yes'],
    ['with a certificate that is missing', () => sandbox.write('files', config({ a: { server: 'https://127.0.0.1:1', user: { 'client-certificate': '/no/c.pem', 'client-key': '/no/k.pem' } } })), 'KUBECONFIG', /unable to read client-cert \/no\/c\.pem/],
    ['whose login program fails', () => sandbox.write('fails', config({ a: { server: 'https://127.0.0.1:1', user: exec('/usr/bin/false') } })), 'CREDENTIALS', /login program \/usr\/bin\/false failed with exit code 1/],
    ['whose login program is missing', () => sandbox.write('login', config({ a: { server: 'https://127.0.0.1:1', user: exec('no-such-login') } })), 'CREDENTIALS', /login program no-such-login isn't installed/],
  ])('%s', async (_, write, code, words, command = 'status') => {
    const result = await run(`${command} --target kube --context a --json`, await write());
    expect(result.json().error, result.stdout).toMatchObject({ code: `PRICECTL_E_${code}`, exitCode: 3, message: expect.stringMatching(words), hints: expect.arrayContaining([expect.any(String)]) });
    expect(result.exitCode).toBe(3);
  });

  test.skipIf(process.getuid?.() === 0)('that may not be read', async () => {
    const path = await sandbox.write('secret', config({ a: { server: 'http://127.0.0.1:1' } }));
    await chmod(path, 0o000);
    expect((await run('status --target kube --context a --json', path)).json().error).toMatchObject({ code: 'PRICECTL_E_KUBECONFIG', exitCode: 3 });
  });

  test('whose token has expired', async () => {
    const [, last] = clusters;
    if (last === undefined) throw new Error('there are two clusters');
    const { cluster, url } = last;
    cluster.fault = () => ({ status: 401, reason: 'Unauthorized' });
    const result = await run('status --target kube --context a --json', await sandbox.write('expired', config({ a: { server: url } })));
    cluster.fault = () => undefined;
    expect(result.json().error).toMatchObject({ code: 'PRICECTL_E_CREDENTIALS', exitCode: 3, message: expect.stringMatching(/401.*expired/) });
  });

  test('of several files is read whole', async () => {
    const first = await sandbox.write('first', config({ b: { server: 'http://127.0.0.1:1' } }));
    const second = await sandbox.write('second', config({ a: { server: clusters[1]?.url ?? '' } }));
    expect((await run('status --target kube --context a --json', `${first}${delimiter}${second}`)).json()).toMatchObject({ state: 'absent', context: 'a' });
  });

  test('whose current context is switched in the middle of up: it keeps to the one that it began with', async () => {
    const [mine, other] = clusters;
    if (mine === undefined || other === undefined) throw new Error('there are two clusters');
    const path = await sandbox.write('switched', config({ a: { server: mine.url }, b: { server: other.url } }));
    const kube = (args: readonly string[]) => execFileSync(kubectl ?? '', args, { env: { PATH: bin, KUBECONFIG: path }, encoding: 'utf8' });
    other.cluster.asked.length = 0;
    let switches = 0;
    mine.cluster.fault = (question) => {
      if (switches === 0 && rightOf(question) === 'patch services') switches = kube(['config', 'use-context', 'b']).length;
      return undefined;
    };
    const up = await run('up --target kube --context a --image registry.example.com/price-api:1 --json', path);
    expect(up.json(), up.stdout).toMatchObject({ context: 'a', replicas: { ready: 3 } });
    expect(switches).toBeGreaterThan(0);
    expect(kube(['config', 'current-context'])).toBe('b\n');
    expect((await run('down --target kube --context a --json', path)).json()).toMatchObject({ removed: true });
    // gcloud's kubectl itself asks the current context's server for its version, to run the kubectl that goes with it.
    expect(other.cluster.asked.filter(({ right }) => right !== '/version')).toEqual([]);
    expect(mine.cluster.strays).toEqual([]);
  });
});
