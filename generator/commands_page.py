"""Write the page of all commands from their `--help`: the first step of `make docs`.

The page is not kept in the repository, because whoever has a command has its `--help`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PROGRAM = "text-completions"
INTRODUCTION = """\
# Commands

What `--help` prints, for the program and for each of its commands.
"""


def main(words: list[str]) -> int:
    """Write the page to the file that is named, and return the exit status."""
    Path(words[0]).write_text(commands_page(), "utf-8")
    return 0


def commands_page() -> str:
    """Return the page in Markdown."""
    overview = help_of()
    commands = re.findall(r"^    ([a-z]\S*) ", overview, re.MULTILINE)
    sections = [section(PROGRAM, overview)]
    sections += [section(f"{PROGRAM} {name}", help_of(name)) for name in commands]
    return "\n".join([INTRODUCTION, *sections])


def help_of(*command: str) -> str:
    """Return what `--help` prints."""
    return subprocess.run(
        [sys.executable, "-m", "text_completions_cli", *command, "--help"],
        env={**os.environ, "COLUMNS": "90"},  # argparse leaves two of them free
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def section(title: str, text: str) -> str:
    """Return a section that shows the text as it is."""
    return f"## {title}\n\n```text\n{text}```\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
