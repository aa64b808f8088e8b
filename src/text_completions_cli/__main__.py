"""Run the program as `python -m text_completions_cli`."""

from __future__ import annotations

import sys

from . import main

sys.exit(main())
