import { Argument, type Command } from 'commander';
import { print } from '../../operating/terminal.ts';
import { completionScript, SHELLS, type Shell } from '../completion.ts';

export function completionCommand(command: Command): void {
  command
    .addArgument(new Argument('<shell>', 'whose').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  $ archivist completion bash > ~/.local/share/bash-completion/completions/archivist
  $ archivist completion zsh > "\${fpath[1]}/_archivist"
  $ archivist completion fish > ~/.config/fish/completions/archivist.fish`,
    )
    // Every command is loaded for it.
    .action((shell: Shell) => print(completionScript(command.parent ?? command, shell)));
}
