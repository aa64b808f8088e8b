"""What it takes before the first call: importing, and making a client."""

from __future__ import annotations

import os
import subprocess
import sys

import anthropic
import httpx
from figures import OURS, Measure, Samples, Target, interleaved

import text_completions

IMPORTS = {
    OURS: "import text_completions",
    "httpx": "import httpx, attrs",
    "official SDK": "import anthropic",
}
FIRST = {
    OURS: "text_completions.Client(api_key='sk')",
    "official SDK": "anthropic.Anthropic(api_key='sk')",
    "httpx": "httpx.Client()",
}
TIMED = """
import time
{before}
start = time.process_time()
{timed}
print(time.process_time() - start)
"""


def measures() -> list[Measure]:
    """Measure imports and constructors."""
    return [
        Measure(
            "import, in a fresh interpreter",
            _fresh(
                {
                    name: TIMED.format(before="", timed=IMPORTS[name])
                    for name in IMPORTS
                },
                15,
            ),
            [Target(1.2, "httpx")],
        ),
        Measure(
            "first client, in a fresh interpreter",
            _fresh(
                {
                    name: TIMED.format(before=IMPORTS[name], timed=FIRST[name])
                    for name in FIRST
                },
                5,
            ),
            [Target(0.001)],
        ),
        Measure("another client", _another(), [Target(0.001)]),
    ]


def _fresh(scripts: dict[str, str], rounds: int) -> Samples:
    """Run scripts in fresh interpreters, in turn; each prints what it took."""
    samples: dict[str, list[float]] = {name: [] for name in scripts}
    for number in range(rounds + 1):
        for name, script in scripts.items():
            seconds = _printed(script)
            if number:  # the first writes the bytecode
                samples[name].append(seconds)
    return samples


def _printed(script: str) -> float:
    unset = "PYTHONDONTWRITEBYTECODE"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={name: value for name, value in os.environ.items() if name != unset},
        stdout=subprocess.PIPE,
        check=True,
    )
    return float(done.stdout)


def _another() -> Samples:
    return interleaved(
        {
            OURS: lambda: text_completions.Client(api_key="sk"),
            "httpx": httpx.Client,
            "official SDK": lambda: anthropic.Anthropic(api_key="sk"),
        },
        9,
        number=5,
    )
