import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
let folder = '';
beforeAll(async () => {
  sandbox = await createSandbox();
  folder = join(sandbox.folder, 'completion');
  await mkdir(folder);
  for (const shell of ['bash', 'zsh', 'fish']) {
    await writeFile(join(folder, `script.${shell}`), (await sandbox.run(['completion', shell])).stdout);
  }
  await writeFile(join(folder, 'price list.txt'), '');
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const isHere = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

/** What a shell offers at the end of a command line, sorted. */
function offers(shell: 'bash' | 'fish', line: string): readonly string[] {
  const ask = {
    bash: 'source script.bash; COMP_WORDS=($0); [[ $0 == *" " ]] && COMP_WORDS+=(""); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _pricectl; printf "%s\\n" "${COMPREPLY[@]}"',
    fish: `source script.fish; complete --do-complete "${line}"`,
  };
  const { stdout, stderr } = spawnSync(shell, shell === 'bash' ? ['-c', ask.bash, line] : ['-c', ask.fish], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').flatMap((text) => text.split('\t', 1)).filter((word) => word !== '').toSorted();
}

describe.each(['bash', 'fish'] as const)('%s', (shell) => {
  test.skipIf(!isHere(shell)).each([
    ['pricectl sta', ['status']],
    ['pricectl prices ', ['check', 'push', 'show']],
    ['pricectl up --target ', ['auto', 'kube', 'local', 'minikube']],
    ['pricectl up --min 3 --cpu-t', ['--cpu-target']],
    ['pricectl completion ', ['bash', 'fish', 'zsh']],
    ['pricectl prices check pri', ['price list.txt']],
    ['pricectl up --prices pri', ['price list.txt']],
    ['pricectl price P12', []],
  ])('%s', (line, words) => {
    expect(offers(shell, line).map((word) => word.replaceAll('\\', ''))).toEqual(words);
  });

  test.skipIf(!isHere(shell))('a name that looks like a command is none where a flag wants a value', () => {
    expect(offers(shell, 'pricectl up --name down --mi')).toEqual(['--min']);
  });
});

test.skipIf(!isHere('zsh'))('zsh takes the script, and completes by it', () => {
  const script = 'autoload -Uz compinit && compinit -u -d dump && source script.zsh && print $_comps[pricectl] && whence -w _pricectl';
  const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', script], { cwd: folder, encoding: 'utf8' });
  expect([stdout, stderr]).toEqual(['_pricectl\n_pricectl: function\n', '']);
});

test('another shell is refused', async () => {
  expect(await sandbox.run(['completion', 'tcsh'])).toMatchObject({ exitCode: 2, stdout: '' });
});
