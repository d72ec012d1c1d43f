import { type CommandModel, topicsOf, type Values, wordsAfter } from './model.ts';

/** A script for fish 3 and newer. */
export function fishScript(commands: readonly CommandModel[]): string {
  const topics = topicsOf(commands);
  return `# fish completion of pricectl: pricectl completion fish > ~/.config/fish/completions/pricectl.fish
function __pricectl_at --description 'whether the words before the cursor are these, flags left out'
  set -l words
  for word in (commandline --tokens-expanded --cut-at-cursor --current-process 2>/dev/null; or commandline -opc)[2..-1]
    string match --quiet -- '-*' $word; or set --append words $word
  end
  set -l wanted (string split ' ' -- $argv[1])
  test -z "$argv[1]"; and set wanted
  test (count $words) -ge (count $wanted); or return 1
  test "$argv[2]" = exactly; and test (count $words) -ne (count $wanted); and return 1
  test (count $wanted) -eq 0; and return 0
  test "$words[1..$(count $wanted)]" = "$wanted"
end

complete --command pricectl --no-files
complete --command pricectl --condition '__pricectl_at "" exactly' --long-option version --description 'print the version'
complete --command pricectl --long-option help --description 'show help'
${['', ...topics].flatMap((topic) => wordsAfter(commands, topic === '' ? [] : [topic]).map(({ word, description }) => `complete --command pricectl --condition '__pricectl_at "${topic}" exactly' --arguments ${quote(word)} --description ${quote(description)}`)).join('\n')}
${commands.flatMap(commandLines).join('\n')}
`;
}

function commandLines({ name, flags, values }: CommandModel): readonly string[] {
  const at = `complete --command pricectl --condition '__pricectl_at "${name}"'`;
  const own = values?.kind === 'files' ? [`${at} --force-files`] : values?.kind === 'words' ? [`${at} --arguments ${quote(values.words.join(' '))}`] : [];
  return [
    ...own,
    ...flags.map((flag) => {
      const short = flag.char === null ? '' : ` --short-option ${flag.char.slice(1)}`;
      return `${at} --long-option ${flag.name.slice(2)}${short}${valueOptions(flag.values)} --description ${quote(flag.description)}`;
    }),
  ];
}

function valueOptions(values: Values | null): string {
  if (values === null) return '';
  if (values.kind === 'words') return ` --exclusive --arguments ${quote(values.words.join(' '))}`;
  return values.kind === 'files' ? ' --require-parameter --force-files' : ' --exclusive';
}

/** In single quotes fish knows two escapes. */
function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
