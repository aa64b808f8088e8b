"""Runs schemathesis on the document, bounded in requests and time."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import schemathesis
from hypothesis.configuration import set_hypothesis_home_dir
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from .._document import MESSAGES
from .._judge import Judge
from .._report import Result
from .._strict_json import as_object
from .bridge import PLACEHOLDER, Bridge
from .checks import CHECKS
from .findings import Findings
from .shaper import Shaper

# 5xx are no refusals, and without a model a request says nothing of its body.
REFUSALS = ["400", "401", "404", "413"]


@dataclass(frozen=True)
class Effort:
    """How much is generated.

    Args:
        seeds: How many runs, each from a seed of its own.
        examples: How many random requests per operation and run; 0 means that only
            the document's own examples are sent.
        coverage: Whether the first run tries each bound of the document in turn, too.
        seconds: After how long a run is broken off.
    """

    seeds: int
    examples: int
    coverage: bool
    seconds: float


EFFORTS = {
    "quick": Effort(seeds=1, examples=12, coverage=False, seconds=20),
    "full": Effort(seeds=3, examples=50, coverage=True, seconds=60),
    "paid": Effort(seeds=1, examples=0, coverage=False, seconds=600),
}


def generate(judge: Judge, findings: Findings) -> Iterator[Result]:
    """Send generated requests; yields each deviation when it is first found."""
    settings = judge.bench.settings
    effort = EFFORTS[settings.profile]
    shaper = Shaper(judge.bench.document, settings.model)
    for turn in range(effort.seeds):
        bridge = Bridge(judge, shaper, time.monotonic() + effort.seconds)
        coverage = effort.coverage and turn == 0
        config = _config(settings.seed + turn, effort.examples, coverage=coverage)
        with _no_litter():
            for event in _events(bridge, config):
                yield from findings.take(event, bridge, shaper)


def _events(bridge: Bridge, config: SchemathesisConfig) -> Iterator[Any]:
    document = _offered(bridge.judge)
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.app = bridge
    stream = from_schema(schema).execute()
    for event in stream:
        if isinstance(event, events.FatalError):
            return
        yield event
        if bridge.is_over:
            stream.stop()


def _offered(judge: Judge) -> dict[str, Any]:
    """The document, without the operation that the server does not have."""
    data = dict(judge.bench.document.data)
    if judge.capabilities.lacks("messages") is not None:
        paths = as_object(data.get("paths")) or {}
        data["paths"] = {key: paths[key] for key in paths if key != MESSAGES}
    return data


def _config(seed: int, examples: int, *, coverage: bool) -> SchemathesisConfig:
    checks: dict[str, Any] = {name: {"enabled": True} for name in CHECKS}
    checks["positive_data_acceptance"]["expected-statuses"] = ["200"]
    checks["negative_data_rejection"]["expected-statuses"] = REFUSALS
    return SchemathesisConfig.from_dict(  # pyright: ignore[reportUnknownMemberType] its `dict` has no parameters
        {
            "seed": seed,
            # Else a stream is judged by its first twenty events.
            "max-stream-events": 20_000,
            "headers": {"x-api-key": PLACEHOLDER},
            "cache": {"enabled": False},
            "checks": {"enabled": False, **checks},
            "generation": {
                "mode": "all",
                "max-examples": max(examples, 1),
                "database": "none",
                "no-shrink": True,
            },
            "phases": {
                "fuzzing": {"enabled": examples > 0},
                "coverage": {"enabled": coverage, "unexpected-methods": []},
                "stateful": {"enabled": False},
            },
        }
    )


@contextmanager
def _no_litter() -> Generator[None]:
    """Keep Hypothesis from leaving its folder where the run was started."""
    with tempfile.TemporaryDirectory() as folder:
        set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            set_hypothesis_home_dir(None)
