import { type CommandModel, type FlagModel, topicsOf, type Values, type Word, wordsAfter } from './model.ts';

/** A script for zsh 5: a file `_pricectl` on the fpath, or sourced after compinit. */
export function zshScript(commands: readonly CommandModel[]): string {
  return `#compdef pricectl
# zsh completion of pricectl: source <(pricectl completion zsh)
_pricectl() {
  local curcontext="$curcontext" state line
  typeset -A opt_args
  _arguments -C '(- *)--version[print the version]' '(- *)--help[show help]' '1: :->command' '*:: :->rest'
  case $state in
    command)
${describe('command', wordsAfter(commands, []), '      ')} ;;
    rest)
      case $line[1] in
${topicsOf(commands).map((topic) => topicCase(commands, topic)).join('\n')}
${commands.flatMap((command) => (command.name.includes(' ') ? [] : [`        ${command.name}) ${argumentsOf(command)} ;;`])).join('\n')}
      esac ;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _pricectl "$@"; else compdef _pricectl pricectl; fi
`;
}

function topicCase(commands: readonly CommandModel[], topic: string): string {
  const below = commands.filter(({ name }) => name.startsWith(`${topic} `));
  return `        ${topic})
          _arguments -C '1: :->command' '*:: :->rest'
          case $state in
            command)
${describe('command', wordsAfter(commands, [topic]), '              ')} ;;
            rest)
              case $line[1] in
${below.map((command) => `                ${command.name.slice(topic.length + 1)}) ${argumentsOf(command)} ;;`).join('\n')}
              esac ;;
          esac ;;`;
}

function describe(what: string, words: readonly Word[], indent: string): string {
  const items = words.map(({ word, description }) => quote(`${word}:${description}`));
  return `${indent}local -a words=(${items.join(' ')})\n${indent}_describe ${what} words`;
}

function argumentsOf({ flags, values }: CommandModel): string {
  const specs = [...flags.flatMap(flagSpecs), "'(- *)--help[show help]'", ...(values === null ? [] : [quote(`*:argument:${actionOf(values)}`)])];
  return `_arguments ${specs.join(' ')}`;
}

function flagSpecs({ name, char, description, values }: FlagModel): readonly string[] {
  const about = `[${description.replaceAll(/[[\]\\:]/g, '\\$&')}]`;
  const value = values === null ? '' : `:value:${actionOf(values)}`;
  return [name, ...(char === null ? [] : [char])].map((spelling) => quote(`*${spelling}${about}${value}`));
}

function actionOf(values: Values): string {
  if (values.kind === 'words') return `(${values.words.join(' ')})`;
  return values.kind === 'files' ? '_files' : '';
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
