import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listCommandFiles, loadCommands } from './commands.ts';

test('each file in src/commands is a command', async () => {
  const names = (await loadCommands()).map(({ name }) => name);
  expect(names.toSorted()).toEqual(await listCommandFiles());
});

test('commands, arguments and flags are those of the snapshot: a change is a decision', async () => {
  const commands = await loadCommands();
  expect(commands.length).toBeGreaterThan(0);
  const text = commands.map(({ name, isHidden, args, flags }) => [['pricectl', name, ...args, ...(isHidden ? ['(not in the help)'] : [])].join(' '), ...flags.map((flag) => `  ${flag}`)].join('\n'));
  await expect(`${text.join('\n\n')}\n`).toMatchFileSnapshot(join(import.meta.dirname, 'commands.snapshot'));
});

// --json is oclif's own flag and can't have one; the base command reads PRICECTL_JSON.
test('each flag but --json has its environment variable', async () => {
  const flags = (await loadCommands()).flatMap((command) => command.flags.map((flag) => `${command.name} ${flag}`));
  expect(flags.filter((flag) => !flag.includes('$PRICECTL_') && !flag.endsWith(' --json'))).toEqual([]);
});
