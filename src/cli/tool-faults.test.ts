import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askMaxVus, findK6 } from '../load/k6/k6-program.ts';
import { createDocker } from '../tools/docker.ts';
import { PricectlError } from '../tools/errors.ts';
import { createK3d } from '../tools/k3d.ts';
import { createKind } from '../tools/kind.ts';
import { createKubectl } from '../tools/kubectl.ts';
import { createMinikube } from '../tools/minikube.ts';
import { createProcesses, type Processes } from '../tools/process.ts';

const { signal } = new AbortController();
const tools = ['docker', 'k3d', 'k6', 'kind', 'kubectl', 'minikube'] as const;

/** As the machine's own, with limits that a test can wait for. */
function hurried(limitMs: number): Processes {
  const processes = createProcesses();
  return {
    ...processes,
    run: (spec) => processes.run({ ...spec, timeoutMs: Math.min(spec.timeoutMs, limitMs) }),
    follow: (spec, onLine) => processes.follow({ ...spec, timeoutMs: Math.min(spec.timeoutMs, limitMs) }, onLine),
  };
}

/** Everything that pricectl asks of other programs, by `tool what`; `heard` gets what is shown while it goes on. */
function questions(folder: string, limitMs: number, heard: (text: string) => void): Readonly<Record<string, () => Promise<unknown>>> {
  const made = { processes: hurried(limitMs), env: { PATH: folder, HOME: folder } };
  const minikube = createMinikube({ profile: 'p', ...made });
  const docker = createDocker(made);
  const kubectl = createKubectl({ context: 'c', ...made });
  const k6 = { processes: made.processes, file: 'k6', env: made.env, version: '2.0.0' };
  const start = { addons: [], cpus: null, memory: null, force: false, onProgress: ({ text }: { readonly text: string }) => heard(text), signal };
  return {
    'minikube version': () => minikube.version(signal),
    'minikube status': () => minikube.status(signal),
    'minikube profile list': () => minikube.config(signal),
    'minikube start': () => minikube.start(start),
    'minikube update-context': () => minikube.updateContext(signal),
    'minikube addons list': () => minikube.isAddonEnabled('x', signal),
    'minikube addons enable': () => minikube.enableAddon('x', signal),
    'minikube image load': () => minikube.loadImage('i', signal),
    'minikube image ls': () => minikube.images(signal),
    'minikube service': async () => {
      await using opened = await minikube.serviceUrl('n', 's', signal);
      return opened.url;
    },
    'minikube delete': () => minikube.delete(({ text }) => heard(text), signal),
    'docker version': () => docker.engineVersion(signal),
    'docker image inspect': () => docker.inspectImage('i', signal),
    'docker build': () => docker.build({ folder, image: 'i', buildArgs: {}, onLine: heard, signal }),
    'docker push': () => docker.push('i', heard, signal),
    'kubectl version --client': () => kubectl.clientVersion(signal),
    'kubectl version': () => kubectl.versions(signal),
    'kubectl config view, all': () => kubectl.contexts(signal),
    'kubectl config view': () => kubectl.serverUrl(signal),
    'kubectl proxy': async () => {
      await using api = await kubectl.openApi(signal);
      return api.context;
    },
    'kubectl port-forward': async () => {
      await using forward = await kubectl.portForward({ namespace: 'n', service: 's', port: 80, signal });
      return forward.url;
    },
    'kind load': () => createKind(made).loadImage('i', 'c', signal),
    'k3d image import': () => createK3d(made).loadImage('i', 'c', signal),
    'k6 version': async () => (await findK6(made.processes, made.env, undefined, signal)).version,
    'k6 inspect': () => askMaxVus(k6, folder, signal),
  };
}

/** What came of a question: its answer, or the error. */
interface Outcome {
  readonly question: string;
  readonly answer: unknown;
  readonly error: unknown;
  readonly heard: readonly string[];
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pricectl's tools "));
});
afterAll(() => rm(folder, { recursive: true }));

/** A folder in which all tools are this shell script. It may use builtins and absolute paths only, and writes its pid down first. */
async function installTools(name: string, script: string | undefined, mode = 0o700): Promise<string> {
  const place = join(folder, name.replaceAll(/\W/g, '-'));
  await mkdir(place);
  if (script === undefined) return place;
  await writeFile(join(place, 'any'), `#!/bin/sh\necho $$ >>'${place.replaceAll("'", String.raw`'\''`)}/pids'\n${script}\n`, { mode: 0o700 });
  await chmod(join(place, 'any'), mode);
  await Promise.all(tools.map((tool) => symlink('any', join(place, tool))));
  return place;
}

/** Asks everything of these tools, some at a time. */
async function askAll(place: string, limitMs: number): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const heard: string[] = [];
  const left = Object.entries(questions(place, limitMs, (text) => heard.push(text)));
  const work = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [question, ask] = next;
      const [answer, error] = await ask().then(
        (value) => [value, undefined] as const,
        (thrown: unknown) => [undefined, thrown] as const,
      );
      outcomes.push({ question, answer, error, heard });
    }
  };
  await Promise.all([work(), work(), work()]);
  return outcomes.toSorted((a, b) => (a.question < b.question ? -1 : 1));
}

/** As many at once as there are questions: they wait, and for nothing. */
async function askAtOnce(place: string, limitMs: number, of: RegExp): Promise<readonly Outcome[]> {
  const asked = Object.entries(questions(place, limitMs, () => {})).filter(([question]) => of.test(question));
  return Promise.all(
    asked.map(async ([question, ask]) => {
      const [answer, error] = await ask().then((value) => [value, undefined] as const, (thrown: unknown) => [undefined, thrown] as const);
      return { question, answer, error, heard: [] };
    }),
  );
}

const controls = /[^\P{Cc}\n]/u;

/** One calm sentence that names the program, hints, and nothing that a terminal acts on. */
function expectCalm({ question, error, heard }: Outcome): void {
  for (const text of heard) expect(text, question).not.toMatch(controls);
  if (error === undefined) return;
  if (!(error instanceof PricectlError)) throw error;
  const [sentence = '', ...said] = error.message.split('\n');
  expect(sentence, question).toContain(question.split(' ', 1)[0]);
  expect(sentence.length, sentence).toBeLessThan(300);
  expect(said.length, error.message).toBeLessThanOrEqual(10);
  for (const text of [error.message, ...error.hints]) expect(text, question).not.toMatch(controls);
  expect(error.hints, `${question}: ${sentence}`).not.toEqual([]);
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Every invocation has ended: a signal that is sent to a process that waits for nobody takes a moment. */
async function expectNobodyLeft(place: string): Promise<void> {
  const pids = (await readFile(join(place, 'pids'), 'utf8').catch(() => '')).trim().split('\n').filter(Boolean).map(Number);
  await expect.poll(() => pids.filter(isThere), { timeout: 5_000 }).toEqual([]);
}

/** What the questions come to: codes of errors, and answers. */
function summary(outcomes: readonly Outcome[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(outcomes.map(({ question, answer, error }) => [question, error instanceof PricectlError ? error.code.replace('PRICECTL_E_', '') : answer]));
}

const asks = Object.keys(questions('', 0, () => {}));
/** Questions of which no answer is an answer too: the tool isn't there, or no engine. */
const mayBeMissing = ['docker version', 'kubectl version --client', 'minikube version'];
const unreadable = {
  'docker image inspect': 'TOOL_FAILED',
  'k6 version': 'K6_VERSION',
  'kubectl config view': 'TOOL_FAILED',
  'kubectl config view, all': 'TOOL_FAILED',
  'kubectl port-forward': 'TOOL_FAILED',
  'kubectl proxy': 'TOOL_FAILED',
  'kubectl version': 'TOOL_FAILED',
  'kubectl version --client': 'TOOL_FAILED',
  'minikube service': 'TOOL_FAILED',
  'minikube status': 'MINIKUBE',
  'minikube version': 'MINIKUBE',
};

/** All questions fail with this code, but for those named. */
function allFail(code: string, others: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return Object.fromEntries(asks.map((question) => [question, question in others ? others[question] : code]));
}

const bySignal = { 'docker version': undefined, 'k6 version': 'K6_VERSION', 'minikube service': 'MINIKUBE' };
const answering = (version: string) => `printf '${version}'; exit 0`;

describe('all that is asked of other programs, when they are', () => {
  test.each<[string, string | undefined, Readonly<Record<string, unknown>>, number?]>([
    ['missing', undefined, allFail('TOOL_MISSING', { ...Object.fromEntries(mayBeMissing.map((question) => [question, undefined])), 'k6 version': 'K6_MISSING' })],
    ['not executable', 'exit 0', allFail('TOOL_MISSING', { ...Object.fromEntries(mayBeMissing.map((question) => [question, undefined])), 'k6 version': 'K6_MISSING' }), 0o600],
    ['killed by SIGKILL', 'kill -KILL $$', allFail('TOOL_FAILED', bySignal)],
    ['killed by SIGSEGV', 'kill -SEGV $$', allFail('TOOL_FAILED', bySignal)],
    ['failing without a word', 'exit 3', allFail('TOOL_FAILED', {
      'docker version': undefined,
      'k6 inspect': 'SCRIPT',
      'k6 version': 'K6_VERSION',
      'minikube status': { state: 'degraded', isConfigured: false },
      ...Object.fromEntries(asks.filter((question) => /^minikube (?!status|version)/.test(question)).map((question) => [question, 'MINIKUBE'])),
    })],
    ['failing with 0 and without a word', 'exit 0', expect.objectContaining({ ...unreadable, 'docker version': undefined })],
    ['printing binary bytes', answering(String.raw`\377\376\000\001\033[31m\200\n\377`), expect.objectContaining({ ...unreadable, 'docker version': undefined })],
    ['printing half a JSON', answering('{"minikubeVersion":"v1.38.1","clientVersion":{"gitVersion":"v1.36'), expect.objectContaining({ ...unreadable, 'docker version': undefined })],
    ['printing JSON of a wrong shape', answering('{"minikubeVersion":5,"clientVersion":{"gitVersion":[1]},"contexts":{"a":1},"clusters":7,"valid":5,"Host":5}'), expect.objectContaining({
      'kubectl config view, all': [],
      'kubectl config view': undefined,
      'kubectl version': 'TOOL_FAILED',
      'minikube status': { state: 'degraded', isConfigured: false },
      'minikube version': 'MINIKUBE',
      'docker image inspect': 'TOOL_FAILED',
    })],
  ])('%s', { timeout: 60_000 }, async (name, script, expected, mode) => {
    const place = await installTools(name, script, mode);
    const outcomes = await askAll(place, 20_000);
    outcomes.forEach(expectCalm);
    expect(summary(outcomes)).toEqual(expected);
    await expectNobodyLeft(place);
  });

  test('slow, their answers are awaited', async () => {
    const place = await installTools('slow', `printf '{"k6":"k6 v2.0.0","minikubeVersion":"v1.38.1",'; /bin/sleep 0.3; printf '"clientVersion":{"gitVersion":"v1.36.3"},"contexts":[{"name":"c"}]}'`);
    expect(summary(await askAll(place, 20_000))).toMatchObject({ 'minikube version': '1.38.1', 'kubectl version --client': '1.36.3', 'k6 version': '2.0.0', 'kubectl config view, all': ['c'] });
  });

  test('full of escape sequences, no message has one', async () => {
    const evil = String.raw`\033]0;pwned\007\033[2J\033[31m`;
    const json = `{"type":"io.k8s.sigs.minikube.step","data":{"message":"a ${String.raw`\\u001b`}[31mstep","name":"x"}}`;
    const error = `{"type":"io.k8s.sigs.minikube.error","data":{"message":"a ${String.raw`\\u001b`}[31mreason","exitcode":"9","advice":"do ${String.raw`\\u001b`}[2J that"}}`;
    const place = await installTools('escapes', `printf '${json}\\n${error}\\n${evil}line\\n'; printf 'bad ${evil}news\\n' >&2; exit 9`);
    const outcomes = await askAll(place, 20_000);
    outcomes.forEach(expectCalm);
    const said = Object.fromEntries(outcomes.map(({ question, error }) => [question, error instanceof Error ? error.message : '']));
    expect(said['minikube start']).toContain('a reason');
    expect(said['docker push']).toContain('bad news');
    expect(outcomes[0]?.heard).toEqual(expect.arrayContaining(['a step', 'line']));
  });

  test('full of escape sequences in what they answer, no answer has one', async () => {
    const esc = String.raw`\\u001b[31m`;
    const place = await installTools('answers', `printf '{"minikubeVersion":"v1${esc}","clientVersion":{"gitVersion":"v1.36${esc}"},"k6":"v2.0.0${esc}"}'`);
    const outcomes = await askAll(place, 20_000);
    outcomes.forEach(expectCalm);
    for (const { question, answer } of outcomes) expect(JSON.stringify(answer) ?? '', question).not.toContain(String.raw`\u001b`);
  });
});

describe('limits', { timeout: 60_000 }, () => {
  /** Those that are waited for until they end by themselves; the proxy and the forward have limits of their own. */
  const ending = /^(?!kubectl proxy|kubectl port-forward|minikube service)/;

  test('one that hangs and ignores SIGTERM is ended, with what it started', async () => {
    const place = await installTools('hangs', `trap '' TERM; /bin/sh -c "trap '' TERM; while :; do /bin/sleep 1; done" & echo $! >>"\${0%/*}/pids"; while :; do /bin/sleep 1; done`);
    const outcomes = await askAtOnce(place, 300, ending);
    outcomes.forEach(expectCalm);
    expect(new Set(Object.values(summary(outcomes)))).toEqual(new Set(['TOOL_TIMEOUT', undefined]));
    await expectNobodyLeft(place);
  });

  test.each([
    ['lines', '/usr/bin/yes'],
    ['bytes without a line', '/bin/cat /dev/zero'],
  ])('one that prints %s without end is ended, and is never kept whole', async (name, endless) => {
    const place = await installTools(`endless ${name}`, `exec ${endless}`);
    const before = process.memoryUsage.rss();
    let most = before;
    const watching = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
    // Who tells lines as they come goes on for as long as it may; an answer that doesn't end is none.
    const told = await askAtOnce(place, 1_000, /^(minikube start|docker build)$/);
    const answers = await askAtOnce(place, 20_000, /^(minikube status|kubectl version)$/);
    clearInterval(watching);
    [...told, ...answers].forEach(expectCalm);
    expect(summary([...told, ...answers])).toEqual({ 'docker build': 'TOOL_TIMEOUT', 'minikube start': 'TOOL_TIMEOUT', 'kubectl version': 'TOOL_FAILED', 'minikube status': 'TOOL_FAILED' });
    expect((most - before) / 1_048_576, 'MiB').toBeLessThan(250);
    await expectNobodyLeft(place);
  });
});
