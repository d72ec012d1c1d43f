// Writes the manual page from oclif's list of the commands and the README's table of exit codes.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes `pricectl.1` into a folder. `commands` is that of oclif's manifest. The same commands give the same bytes. */
export function writeManual(folder, commands, { version, description, root }) {
  const shown = Object.values(commands).filter((command) => !command.hidden).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const globals = Object.values(shown[0].flags).filter(isGlobal);
  const page = [
    `.TH PRICECTL 1 "" "pricectl ${version}"`,
    '.SH NAME',
    `pricectl \\- ${escape(description)}`,
    '.SH SYNOPSIS',
    '.B pricectl\n.I command\n[\\fIarguments\\fR] [\\fIoptions\\fR]',
    '.SH COMMANDS',
    ...shown.flatMap(describeCommand),
    '.SH GLOBAL OPTIONS',
    ...globals.map(describeFlag),
    describeFlag({ name: 'json', description: 'print the typed result as JSON on standard output, and nothing else', type: 'boolean' }),
    '.SH ENVIRONMENT',
    'Every option has a variable: \\fB\\-\\-cpu\\-target\\fR is \\fBPRICECTL_CPU_TARGET\\fR. An option wins over the variable, that over the settings file.',
    '.SH FILES',
    describeItem('pricectl.config.json', 'Defaults of options, in the working folder or where \\fB\\-\\-config\\fR says.'),
    describeItem('$XDG_STATE_HOME/pricectl', 'State of services and recorded runs; without that variable below \\fI~/.local/state\\fR.'),
    '.SH EXIT STATUS',
    ...readExitCodes(root).map(([code, meaning]) => describeItem(code, escape(meaning))),
  ];
  writeFileSync(join(folder, 'pricectl.1'), `${page.join('\n')}\n`);
}

function isGlobal({ helpGroup }) {
  return helpGroup === 'GLOBAL';
}

function describeCommand({ id, summary, description, args, flags, examples = [] }) {
  const name = id.replaceAll(':', ' ');
  const words = Object.values(args).map((arg) => ` \\fI${escape(arg.name)}\\fR`);
  return [
    `.SS pricectl ${name}${words.join('')}`,
    sentence(summary),
    ...(description ? ['.PP', escape(description)] : []),
    ...Object.values(flags).filter((flag) => !isGlobal(flag) && !flag.hidden && flag.name !== 'json').map(describeFlag),
    ...examples.flatMap((example) => ['.PP', '.nf', `    ${escape(example.replaceAll('<%= config.bin %>', 'pricectl'))}`, '.fi']),
  ];
}

function describeFlag({ name, char, description, helpValue, options, type, allowNo }) {
  const value = type === 'boolean' ? '' : ` \\fI${escape(options?.join('|') ?? helpValue ?? 'VALUE')}\\fR`;
  const spelling = `${char ? `\\fB\\-${char}\\fR, ` : ''}\\fB\\-\\-${allowNo ? `[no\\-]${escape(name)}` : escape(name)}\\fR${value}`;
  return describeItem(spelling, sentence(description));
}

function describeItem(head, body) {
  return `.TP\n${head}\n${body}`;
}

function sentence(text) {
  return `${escape(text.charAt(0).toUpperCase() + text.slice(1))}.`;
}

/** Hyphens that are typed stay hyphens, and no line begins with a control character. */
function escape(text) {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll(/^[.']/gm, '\\&$&');
}

/** Rows of the README's table. */
function readExitCodes(root) {
  const [, table = ''] = /^## Exit codes\n\n([\s\S]*?)\n\n/m.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
  const rows = table.split('\n').slice(2).map((row) => row.split('|').slice(1, 3).map((cell) => cell.trim()));
  if (rows.length === 0) throw new Error("README.md has no table of exit codes that can be read");
  return rows;
}
