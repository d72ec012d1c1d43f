import { type CommandModel, type FlagModel, topicsOf, type Values, wordsAfter } from './model.ts';

/**
 * A script for bash 3.2 and newer, without the package bash-completion. It walks the words before the cursor to the command, passing over flags and
 * their values, and offers what may come there.
 */
export function bashScript(commands: readonly CommandModel[]): string {
  return `# bash completion of pricectl: source <(pricectl completion bash)
_pricectl() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="" place="" word skip=""
  local index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    before="$word"
    if [[ -n $skip ]]; then skip=""; continue; fi
    case "$place $word" in
${cases(commands.flatMap((command) => valuedFlags(command).map((flag) => `"${command.name} ${flag}"`)), '      ', 'skip=1; continue')}
    esac
    [[ $word == -* ]] && continue
    case "$place" in
      "") place="$word" ;;
${cases(topicsOf(commands).map((topic) => `"${topic}"`), '      ', 'place="$place $word"')}
    esac
  done
  [[ -n $skip ]] || before=""
  COMPREPLY=()
  case "$place $before" in
${commands.flatMap((command) => command.flags.flatMap((flag) => valueCase(command, flag))).join('\n')}
  esac
  if [[ $current == -* ]]; then
    case "$place" in
${commands.map(({ name, flags }) => `      "${name}") COMPREPLY=($(compgen -W "${flags.map((flag) => flag.name).join(' ')} --help" -- "$current")) ;;`).join('\n')}
      "") COMPREPLY=($(compgen -W "--help --version" -- "$current")) ;;
    esac
    return
  fi
  case "$place" in
${['', ...topicsOf(commands)].map((topic) => `    "${topic}") ${reply({ kind: 'words', words: wordsAfter(commands, topic === '' ? [] : [topic]).map(({ word }) => word) })} ;;`).join('\n')}
${commands.flatMap(({ name, values }) => (values === null || values.kind === 'unknown' ? [] : [`    "${name}") ${reply(values)} ;;`])).join('\n')}
  esac
}
complete -F _pricectl pricectl
`;
}

/** Every spelling of the flags that a value follows. */
function valuedFlags({ flags }: CommandModel): readonly string[] {
  return flags.flatMap(({ name, char, values }) => (values === null ? [] : [name, ...(char === null ? [] : [char])]));
}

function cases(patterns: readonly string[], indent: string, action: string): string {
  return `${indent}${patterns.join('|')}) ${action} ;;`;
}

function valueCase({ name }: CommandModel, flag: FlagModel): readonly string[] {
  if (flag.values === null) return [];
  const spellings = [flag.name, ...(flag.char === null ? [] : [flag.char])].map((spelling) => `"${name} ${spelling}"`);
  return [`    ${spellings.join('|')}) ${reply(flag.values)}; return ;;`];
}

function reply(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `COMPREPLY=($(compgen -W "${values.words.join(' ')}" -- "$current"))`;
    case 'files':
      // Names with blanks stay whole: one a line.
      return `compopt -o filenames 2>/dev/null; local IFS=$'\\n'; COMPREPLY=($(compgen -f -- "$current"))`;
    case 'unknown':
      return ':';
  }
}
