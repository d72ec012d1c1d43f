import { expect, test } from 'vitest';
import { type ScriptedCall, scriptProcesses } from '../../test/fakes/scripted-process.ts';
import { createDocker } from './docker.ts';
import { createK3d } from './k3d.ts';
import { createKind } from './kind.ts';

const signal = new AbortController().signal;
const env = { PATH: '/bin', DOCKER_HOST: 'unix:///x', SECRET: 's' };
const down = 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?';
const versionCommand = ['docker', 'version', '--format', '{{.Server.Version}}'] as const;
const inspectCommand = ['docker', 'image', 'inspect', '--format', '{{.Id}} {{.Size}}', 'a:1'] as const;

function open(...script: readonly ScriptedCall[]) {
  const processes = scriptProcesses(script);
  return { processes, docker: createDocker({ processes, env }) };
}

test('the version of the engine is told; none without docker or without an engine', async () => {
  const { docker } = open(
    { command: versionCommand, reply: { stdout: '28.2.2\n' } },
    { command: versionCommand, reply: { stderr: down, exitCode: 1 } },
    { command: versionCommand, reply: 'missing' },
    { command: versionCommand, reply: new TypeError('a bug') },
  );
  expect(await docker.engineVersion(signal)).toBe('28.2.2');
  expect(await docker.engineVersion(signal)).toBeUndefined();
  expect(await docker.engineVersion(signal)).toBeUndefined();
  await expect(docker.engineVersion(signal)).rejects.toThrow('a bug');
});

test('an image is inspected, or not there', async () => {
  const { docker, processes } = open(
    { command: inspectCommand, reply: { stdout: 'sha256:abc 280123456\n' } },
    { command: inspectCommand, reply: { stdout: '\n', stderr: 'Error response from daemon: no such image: a:1: No such image: a:1\n', exitCode: 1 } },
    { command: inspectCommand, reply: { stderr: 'other', exitCode: 1 } },
  );
  expect(await docker.inspectImage('a:1', signal)).toEqual({ id: 'sha256:abc', bytes: 280_123_456 });
  expect(await docker.inspectImage('a:1', signal)).toBeUndefined();
  await expect(docker.inspectImage('a:1', signal)).rejects.toMatchObject({ code: 'PRICECTL_E_TOOL_FAILED' });
  expect(processes.calls[0]?.env).toEqual({ PATH: '/bin', DOCKER_HOST: 'unix:///x', BUILDKIT_PROGRESS: 'plain', BUILDX_NO_DEFAULT_ATTESTATIONS: '1', DOCKER_CLI_HINTS: 'false' });
});

test('a build and a push tell what docker says, wherever it says it', async () => {
  const { docker, processes } = open(
    { command: ['docker', 'build', '--tag', 'a:1', '--build-arg', 'BASE=node', '--build-arg', 'X=$Y z', '/c'], reply: { stdout: 'one\n', stderr: 'two\n' } },
    { command: ['docker', 'push', 'a:1'], reply: { stdout: 'three\n' } },
    { command: ['docker', 'push', 'a:1'], reply: { stderr: 'denied', exitCode: 1 } },
  );
  const lines: string[] = [];
  await docker.build({ folder: '/c', image: 'a:1', buildArgs: { BASE: 'node', X: '$Y z' }, onLine: (line) => lines.push(line), signal });
  await docker.push('a:1', (line) => lines.push(line), signal);
  expect(lines).toEqual(['one', 'two', 'three']);
  await expect(docker.push('a:1', () => {}, signal)).rejects.toMatchObject({ code: 'PRICECTL_E_TOOL_FAILED', stderr: 'denied' });
  processes.assertUsedUp();
});

test.each([
  [down, 'docker version'],
  ['error during connect: Get "http://%2F%2F.%2Fpipe": open //./pipe/docker_engine', 'docker version'],
  ['permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock', 'usermod'],
])('an engine that is away or closed to us is told: %s', async (stderr, hint) => {
  const { docker } = open({ command: inspectCommand, reply: { stderr, exitCode: 1 } }, { command: ['docker', 'push', 'a:1'], reply: { stderr, exitCode: 1 } });
  const expected = { code: 'PRICECTL_E_DOCKER_DOWN', kind: 'environment', hints: [expect.stringContaining(hint)] };
  await expect(docker.inspectImage('a:1', signal)).rejects.toMatchObject(expected);
  await expect(docker.push('a:1', () => {}, signal)).rejects.toMatchObject(expected);
});

test('kind and k3d load an image into the cluster that is named', async () => {
  const processes = scriptProcesses([
    { command: ['kind', 'load', 'docker-image', 'a:1', '--name', 'c'] },
    { command: ['k3d', 'image', 'import', 'a:1', '--cluster', 'c'] },
    { command: ['kind', 'load', 'docker-image', 'a:1', '--name', 'c'], reply: 'missing' },
  ]);
  const kind = createKind({ processes, env });
  await kind.loadImage('a:1', 'c', signal);
  await createK3d({ processes, env }).loadImage('a:1', 'c', signal);
  await expect(kind.loadImage('a:1', 'c', signal)).rejects.toMatchObject({ code: 'PRICECTL_E_TOOL_MISSING' });
  processes.assertUsedUp();
});
