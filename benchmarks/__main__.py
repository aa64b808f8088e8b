"""The client's speed beside bare httpx, httpx-sse and the official SDK.

`make bench` runs it. It prints a table and fails if a target is missed.
"""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version

import building
import calling
import starting
import streaming
from canned import running
from figures import Measure, missed, table

import text_completions

PEERS = ("anthropic", "httpx", "httpx-sse", "attrs")


def main() -> int:
    """Measure all there is; return the exit status."""
    measures = _measured()
    print(_circumstances())
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
            *building.measures(),
        ]


def _circumstances() -> str:
    peers = ", ".join(f"{name} {version(name)}" for name in PEERS)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}: text-completions "
        f"{text_completions.__version__} beside {peers}; Python "
        f"{platform.python_version()} on {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} CPUs"
    )


if __name__ == "__main__":
    sys.exit(main())
