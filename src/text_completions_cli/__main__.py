"""`python -m text_completions_cli` is `text-completions`."""

from __future__ import annotations

import sys

from ._main import main

sys.exit(main())
