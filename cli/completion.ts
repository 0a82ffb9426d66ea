import type { Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface Completed {
  readonly name: string;
  readonly about: string;
  readonly options: readonly { readonly flag: string; readonly about: string; readonly takes: Takes }[];
  /** Of its first argument. */
  readonly choices: readonly string[];
}

/** What an option takes: nothing, one of some words, a folder, a file, or what nobody can guess. */
type Takes =
  | { readonly kind: 'nothing' | 'folder' | 'file' | 'text' }
  | { readonly kind: 'word'; readonly of: readonly string[] };

/** A script that completes the names of commands, options, and the values that are one of a few or paths. */
export function completionScript(root: Command, shell: Shell): string {
  const commands = root.commands.map((command) => ({
    name: command.name(),
    about: command.description(),
    options: command.options.map((option) => ({
      flag: option.long ?? option.flags,
      about: option.description,
      takes: takes(option),
    })),
    choices: command.registeredArguments[0]?.argChoices ?? [],
  }));
  return { bash: inBash, zsh: inZsh, fish: inFish }[shell](commands);
}

function takes({ flags, argChoices, required, optional }: Option): Takes {
  if (!required && !optional) return { kind: 'nothing' };
  if (argChoices !== undefined) return { kind: 'word', of: argChoices };
  if (/<(dir|folder)>/.test(flags)) return { kind: 'folder' };
  return { kind: /<(file|source)>/.test(flags) ? 'file' : 'text' };
}

function inBash(commands: readonly Completed[]): string {
  const values = (command: Completed) =>
    command.options.flatMap(({ flag, takes: value }) => {
      if (value.kind === 'nothing') return [];
      const reply = {
        folder: 'COMPREPLY=($(compgen -d -- "$word"))',
        file: 'COMPREPLY=($(compgen -f -- "$word"))',
        text: 'COMPREPLY=()',
        word: value.kind === 'word' ? `COMPREPLY=($(compgen -W "${value.of.join(' ')}" -- "$word"))` : '',
      }[value.kind];
      return [`    ${command.name}:${flag}) ${reply}; return ;;`];
    });
  const words = ({ name, options, choices }: Completed) =>
    `    ${name}) words="${[...choices, ...options.map(({ flag }) => flag), '--help'].join(' ')}" ;;`;
  return `# bash completion of archivist
_archivist() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" words
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')} --help --version" -- "$word"))
    return
  fi
  case "$command:$before" in
${commands.flatMap(values).join('\n')}
  esac
  case "$command" in
${commands.map(words).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$word"))
}
complete -o filenames -F _archivist archivist`;
}

/** In single quotes, as zsh and fish take a text. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function inZsh(commands: readonly Completed[]): string {
  const plain = (text: string) => text.replace(/[[\]:\\]/g, ' ').replaceAll("'", "'\\''");
  const value = (taken: Takes) =>
    ({
      nothing: '',
      folder: ':folder:_files -/',
      file: ':file:_files',
      text: ':value: ',
      word: taken.kind === 'word' ? `:value:(${taken.of.join(' ')})` : '',
    })[taken.kind];
  const cases = commands.map(({ name, options, choices }) => {
    const specs = options.map(({ flag, about, takes: taken }) => `'${flag}[${plain(about)}]${value(taken)}'`);
    const first = choices.length > 0 ? `'1:what:(${choices.join(' ')})'` : "'*:file:_files'";
    return `    ${name}) _arguments ${[...specs, first].join(' ')} ;;`;
  });
  return `#compdef archivist
_archivist() {
  local -a commands=(${commands.map(({ name, about }) => `'${name}:${plain(about)}'`).join(' ')})
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command="\${words[2]}"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = _archivist ]; then _archivist "$@"; else compdef _archivist archivist; fi`;
}

function inFish(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ name, about, options, choices }) => {
    const within = `-n '__fish_seen_subcommand_from ${name}'`;
    const ofOptions = options.map(({ flag, about: why, takes: taken }) => {
      const value = {
        nothing: '',
        folder: ' -r -a "(__fish_complete_directories)"',
        file: ' -r',
        text: ' -x',
        word: '',
      };
      const words = taken.kind === 'word' ? ` -x -a ${quoted(taken.of.join(' '))}` : value[taken.kind];
      return `complete -c archivist ${within} -l ${flag.replace(/^--/, '')}${words} -d ${quoted(why)}`;
    });
    const first = choices.length > 0 ? [`complete -c archivist ${within} -f -a ${quoted(choices.join(' '))}`] : [];
    return [`complete -c archivist -n __fish_use_subcommand -f -a ${name} -d ${quoted(about)}`, ...first, ...ofOptions];
  });
  return lines.join('\n');
}
