"""The client's speed beside bare httpx, httpx-sse and the official SDK.

`make bench` runs it. It prints a table and fails if a target is missed.
"""

from __future__ import annotations

import os
import sys

import calling
import starting
import streaming
from canned import running
from figures import Measure, circumstances, missed, table

import text_completions

PEERS = ("anthropic", "httpx", "httpx-sse", "attrs")


def main() -> int:
    """Measure all there is; return the exit status."""
    measures = _measured()
    ours = f"text-completions {text_completions.__version__}"
    print(f"{ours} beside {circumstances(*PEERS)}")
    print()
    print(table(measures))
    failed = missed(measures)
    if failed:
        print(f"\ntargets missed: {'; '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _measured() -> list[Measure]:
    for name in list(os.environ):  # a proxy or a key would change what is measured
        if name.lower().endswith("_proxy") or name.startswith("ANTHROPIC_"):
            del os.environ[name]
    with running() as url:
        return [
            *starting.measures(),
            *calling.measures(url),
            *streaming.measures(url),
        ]


if __name__ == "__main__":
    sys.exit(main())
