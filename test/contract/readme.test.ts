import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLines, readGuides, shellBlocks } from '../guides.ts';
import { type CommandSurface, loadCommands, root } from './commands.ts';

test('every pricectl line in the sh blocks of the guides names commands and flags that exist', async () => {
  const commands = await loadCommands();
  const lines = (await readGuides()).flatMap(({ text }) => commandLines(text));
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.flatMap((line) => findMistakes(line, commands))).toEqual([]);
});

test('every npm script in the sh blocks exists', async () => {
  const manifest: { scripts: Record<string, string> } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const scripts = (await readGuides()).flatMap(({ text }) => shellBlocks(text)).flatMap((block) => [...block.matchAll(/npm run ([\w:-]+)/g)]);
  expect(scripts.map(([, name = '']) => name).filter((name) => !(name in manifest.scripts))).toEqual([]);
});

test('every link and picture of a guide that is a path leads to a file', async () => {
  const links = (await readGuides()).flatMap(({ path, text }) =>
    [...text.matchAll(/\]\(([^)#]+)|(?:src|srcset)="([^"]+)"/g)].map(([, link, picture]) => join(dirname(path), link ?? picture ?? '')).filter((link) => !link.includes('http')),
  );
  expect(links.length).toBeGreaterThan(0);
  expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([]);
});

const commands: readonly CommandSurface[] = [
  { name: 'up', isHidden: false, args: [], flags: ['--prices=<value>  $PRICECTL_PRICES', '--[no-]keep', '--yes, -y'] },
  { name: 'prices', isHidden: false, args: [], flags: [] },
  { name: 'prices check', isHidden: false, args: ['file'], flags: ['--json'] },
];

test.each([
  ['pricectl up --prices=a.txt --no-keep -y', []],
  ['pricectl prices check prices.txt --json', []],
  ['npx pricectl up --help', []],
  ['pricectl', []],
  ['pricectl --version', []],
  ['pricectl help up', []],
  ['pricectl upp', ['pricectl upp: no such command']],
  ['pricectl up --pricess a.txt', ['pricectl up --pricess a.txt: no flag --pricess']],
  ['pricectl up -x', ['pricectl up -x: no flag -x']],
  ['pricectl prices check --yes', ['pricectl prices check --yes: no flag --yes']],
])('%s', (line, mistakes) => {
  expect(findMistakes(line, commands)).toEqual(mistakes);
});

test('blocks are read as a shell would', () => {
  const text = '```sh\n$ npx pricectl up \\\n    --min 2  # two\npricectl down && pricectl status | jq .url\nPRICECTL_MIN=2 pricectl up\n```\n```\npricectl output\n```\n';
  expect(commandLines(text)).toEqual(['npx pricectl up --min 2', 'pricectl down', 'pricectl status', 'PRICECTL_MIN=2 pricectl up']);
});

/** What is wrong with a command line: one sentence each. */
function findMistakes(line: string, known: readonly CommandSurface[]): readonly string[] {
  const words = line.replace(/^.*?(?:\.\/bin\/run\.js|pricectl)(?= |$)/, '').split(/\s+/).filter((word) => word !== '');
  const first = words[0];
  if (first === undefined || ['help', '--help', '--version'].includes(first)) return [];
  const named = known.filter(({ name }) => `${words.join(' ')} `.startsWith(`${name} `)).toSorted((a, b) => b.name.length - a.name.length)[0];
  if (named === undefined) return [`${line}: no such command`];
  const spellings = new Set(['--help', ...named.flags.flatMap(spellingsOf)]);
  return words
    .filter((word) => /^-[a-z-]/i.test(word))
    .map((word) => word.split('=', 1)[0] ?? word)
    .filter((flag) => !spellings.has(flag))
    .map((flag) => `${line}: no flag ${flag}`);
}

/** Every way to write a flag: `--[no-]keep` may be `--keep` and `--no-keep`. */
function spellingsOf(flag: string): readonly string[] {
  const [names = ''] = flag.split('  ', 1);
  return names.split(', ').flatMap((name) => {
    const [spelling = ''] = name.split('=', 1);
    return [spelling.replace('[no-]', ''), spelling.replace('[no-]', 'no-')];
  });
}
