"""Runs schemathesis within limits, and turns its findings into verdicts."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import schemathesis
from hypothesis.configuration import set_hypothesis_home_dir
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import Status, events, from_schema

from text_completions_document import mapping

from .._contract import JSON, MESSAGES
from .._judge import Judge
from .._judgement import Deviation
from .._registry import Clause
from ..clauses.schema import CHECKS, clause_id
from ..requests.budget import BUSY
from ..requests.exchange import Exchange
from .bridge import PLACEHOLDER, Bridge

# A 5xx does not refuse a request, and without its model a request says nothing.
REFUSALS = ["400", "401", "404", "413"]
MAX_MESSAGE = 400


@dataclass(frozen=True)
class Effort:
    """How much is generated.

    Args:
        seeds: How many runs, each from a seed of its own.
        examples: How many random requests per operation and run. 0 sends only the
            document's own examples.
        coverage: Whether the first run also tries each bound of the document.
        seconds: After how long a run is stopped.
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


def judge_generated(judge: Judge, clauses: list[Clause]) -> None:
    """Judge the clauses of the section `schema`."""
    lacking = judge.capabilities.lacks("model")
    if lacking is not None:
        return judge.conclude(clauses, lacking)
    settings, effort = judge.bench.settings, EFFORTS[judge.bench.settings.profile]
    findings = _Findings(judge, {clause.id: clause for clause in clauses})
    for turn in range(effort.seeds):
        bridge = Bridge(judge.bench, time.monotonic() + effort.seconds)
        coverage = effort.coverage and turn == 0
        config = _config(settings.seed + turn, effort.examples, coverage=coverage)
        with _no_litter():
            for event in _events(judge, bridge, config):
                findings.take(event, bridge)
    return judge.conclude(clauses, findings.trouble)


@dataclass
class _Findings:
    """What schemathesis found about the clauses of the section."""

    judge: Judge
    clauses: Mapping[str, Clause]
    trouble: str = "no such request was answered"

    def take(self, event: Any, bridge: Bridge) -> None:
        """Take one event of schemathesis."""
        if isinstance(event, events.NonFatalError) and not bridge.is_over:
            # An error of the tool, or a broken connection, which other clauses judge.
            self.trouble = f"schemathesis: {type(event.value).__name__}"
        if isinstance(event, events.ScenarioFinished):
            for case, checks in event.recorder.checks.items():
                exchange = bridge.exchanges.get(case)
                if exchange is not None and exchange.status not in BUSY:
                    for check in checks:
                        self._take_check(check, exchange)

    def _take_check(self, check: Any, exchange: Exchange) -> None:
        clause = self.clauses.get(clause_id(check.name, exchange.request.path))
        if clause is None or clause.id in self.judge.results:
            return
        if check.status is Status.SUCCESS:
            self.judge.held.add(clause.id)
        info = check.failure_info
        if info is not None and self._is_confirmed(check.name, exchange):
            self.judge.fail(clause, Deviation(_message_of(info.failure), exchange))

    def _is_confirmed(self, check: str, exchange: Exchange) -> bool:
        """Whether a finding holds for what was sent in the end."""
        request = exchange.request
        if check == "not_a_server_error":
            return exchange.status >= 500
        if request.method != "POST" or request.header("content-type") != JSON:
            return False
        if -1 in (request.json.get(name) for name in ("top_k", "top_p")):
            # -1 switches these off on some servers.
            return False
        fits = self.judge.bench.fits(request)
        verdicts = {
            "positive_data_acceptance": fits,
            "negative_data_rejection": not fits,
        }
        return verdicts.get(check, True)


def _events(judge: Judge, bridge: Bridge, config: SchemathesisConfig) -> Iterator[Any]:
    schema = schemathesis.openapi.from_dict(_offered_operations(judge), config=config)
    schema.app = bridge
    stream = from_schema(schema).execute()
    for event in stream:
        if isinstance(event, events.FatalError):
            return
        yield event
        if bridge.is_over:
            stream.stop()


def _offered_operations(judge: Judge) -> dict[str, Any]:
    """The document, with one way to send the key, and without absent operations."""
    root = dict(judge.bench.contract.document.root)
    # Another way would be tried as well, and a key that it sends is always wrong.
    root["security"] = [{"ApiKey": []}]
    if judge.capabilities.lacks("messages") is not None:
        paths = mapping(root.get("paths"))
        root["paths"] = {key: paths[key] for key in paths if key != MESSAGES}
    return root


def _config(seed: int, examples: int, *, coverage: bool) -> SchemathesisConfig:
    checks: dict[str, Any] = {name: {"enabled": True} for name in CHECKS}
    checks["positive_data_acceptance"]["expected-statuses"] = ["200"]
    checks["negative_data_rejection"]["expected-statuses"] = REFUSALS
    return SchemathesisConfig.from_dict(  # pyright: ignore[reportUnknownMemberType] its `dict` has no parameters
        {
            "seed": seed,
            # The default judges a stream by its first twenty events.
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
    """Keep Hypothesis from making a folder where the run was started."""
    with tempfile.TemporaryDirectory() as folder:
        set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            set_hypothesis_home_dir(None)


def _message_of(failure: Failure) -> str:
    message = " ".join(failure.message.split())
    text = f"{failure.title}: {message}" if message else failure.title
    return text if len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + " …"
