"""Stops the installation, in one line, when the interpreter is too old."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "text-completions needs Python 3.11 or newer, and %s is %d.%d. "
        "Name another one: make PYTHON=python3.12 install"
        % ((sys.executable,) + sys.version_info[:2])
    )
