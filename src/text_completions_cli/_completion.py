"""`text-completions completion SHELL`: print a script that completes with Tab."""

from __future__ import annotations

import argparse
from typing import Any

from ._command import extra

SHELLS = ("bash", "zsh", "fish")
SUMMARY = "print a script that completes this program's arguments"
EPILOG = """\
The script completes commands, options and their values. Load it when a shell starts:

  bash:  text-completions completion bash > \\
           ~/.local/share/bash-completion/completions/text-completions
  zsh:   text-completions completion zsh > ~/.zfunc/_text-completions
         (with `fpath+=~/.zfunc` before `compinit` in ~/.zshrc)
  fish:  text-completions completion fish > \\
           ~/.config/fish/completions/text-completions.fish

exit status:
  0  the script was printed
  2  the extra is missing, or nothing could be printed

example:
  eval "$(text-completions completion bash)"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "shell", choices=SHELLS, metavar="SHELL", help="bash, zsh or fish"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the script and return the exit status."""
    with extra("completion"):
        import shtab
    _complete_files(arguments.program, shtab.FILE)
    print(shtab.complete(arguments.program, shell=arguments.shell))
    return 0


def _complete_files(parser: Any, file: Any) -> None:
    """Mark the arguments that are files. argparse has no public list of arguments."""
    for action in parser._actions:
        if action.metavar in ("FILE", "OLD", "NEW"):
            action.complete = file
        if action.dest == "command":
            for command in action.choices.values():
                _complete_files(command, file)
