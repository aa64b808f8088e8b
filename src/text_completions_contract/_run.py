"""A run from its URL to its report."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol
from urllib.parse import urlsplit

from ._bench import Bench
from ._clause import DIRECTED, INVARIANTS, Clause
from ._document import NEW, OLD, load_document
from ._errors import SetupError
from ._evidence import Scribe
from ._judge import Judge, SuiteFailure, Watch, not_judged
from ._preflight import Standing, look
from ._report import Report, Result
from ._sections import chosen, in_order, own_clauses
from ._settings import Settings
from ._wire import Wire, is_loopback

# Not a secret: a server on this machine that takes any key takes this one, too.
THROWAWAY_KEY = "sk-throwaway-key-of-the-contract-suite"


class Observer(Protocol):
    """Is told of each verdict as it falls."""

    def __call__(self, result: Result, done: int, total: int, /) -> object:
        """One more clause is judged."""


def run(
    url: str, settings: Settings | None = None, observer: Observer | None = None
) -> Report:
    """Judge the server at a URL by the contract.

    Args:
        url: Where the server is; `/v1/complete` is added to it.
        settings: What to judge and how.
        observer: Called with each result, the number of results and their total.

    Raises:
        SetupError: The run cannot begin.
    """
    settings = settings or Settings()
    base = checked_url(url)
    key = usable_key(base, settings)
    clauses = chosen_clauses(settings)
    wire = Wire(base, settings)
    bench = Bench(wire, load_document(settings.document), settings, key)
    session = _Session(bench, clauses, observer)
    try:
        return session.run()
    finally:
        wire.close()


def all_clauses() -> list[Clause]:
    """Every clause, in the order of a report."""
    from ._fuzz import schema_clauses

    return in_order([*own_clauses(), *schema_clauses()])


def chosen_clauses(settings: Settings) -> list[Clause]:
    """The clauses that these settings leave to be judged."""
    return chosen(all_clauses(), settings)


def checked_url(url: str) -> str:
    """The base URL without its last slash; raises `SetupError` for anything else."""
    try:
        parts = urlsplit(url)
        bare = not (parts.query or parts.fragment or parts.username)
        good = parts.scheme in {"http", "https"} and parts.port != 0 and bare
    except ValueError:
        parts, good = urlsplit(""), False
    if not good or not parts.hostname:
        example = "http://127.0.0.1:8000"
        raise SetupError(f"{url!r} is no URL of a server; it looks like {example}")
    return url.rstrip("/")


def usable_key(base: str, settings: Settings) -> str:
    """The key to send; raises `SetupError` where there is none."""
    key = settings.api_key or (THROWAWAY_KEY if is_loopback(base) else None)
    if key is None:
        raise SetupError(f"there is no key: set the variable {settings.key_name}")
    if not (key.isascii() and key.isprintable()) or key != key.strip():
        name = settings.key_name
        raise SetupError(f"the key in {name} holds characters that no header may carry")
    return key


@dataclass
class _Session:
    """One run in progress."""

    bench: Bench
    clauses: list[Clause]
    observer: Observer | None
    results: dict[str, Result] = field(default_factory=dict[str, Result])

    def run(self) -> Report:
        start = time.monotonic()
        standing = look(self.bench)
        obstacle = standing.obstacle
        try:
            for result in self._judge(standing):
                self._note(result)
        except SuiteFailure as failure:
            obstacle = f"the suite failed: {failure}"
        for clause in self.clauses:
            if clause.id not in self.results:
                self._note(not_judged(clause, obstacle or "not reached"))
        return Report(
            url=self.bench.wire.url,
            model=self.bench.settings.model,
            results=tuple(self.results[clause.id] for clause in self.clauses),
            obstacle=obstacle and self.scribe.told(obstacle),
            requests=len(self.bench.wire.journal),
            seconds=time.monotonic() - start,
            strict=self.bench.settings.strict,
        )

    def _judge(self, standing: Standing) -> Iterator[Result]:
        judge = Judge(self.bench, self.scribe, standing)
        watch = Watch(judge, [item for item in self.clauses if item in INVARIANTS])
        if watch.clauses:
            self._sample()
        for clause in self.clauses:
            if clause in DIRECTED:
                yield judge.judge(clause)
                yield from watch.observe()
        yield from self._generated(judge)
        yield from watch.observe()
        yield from watch.finish()

    def _sample(self) -> None:
        """An answer of each kind, for clauses that always apply and send nothing.

        Clauses ask the same, and are given these answers: a whole run sends no more.
        """
        bench = self.bench
        bench.post(bench.body(), headers=bench.headers(x_api_key=None))
        if bench.post(bench.body()).status == 200:
            bench.post(bench.body(temperature=1.01))
            for version in (NEW, OLD):
                bench.raw_long_stream(version)

    def _generated(self, judge: Judge) -> Iterator[Result]:
        wanted = [item for item in self.clauses if item.section == "schema"]
        if not wanted:
            return
        # schemathesis takes a while to import: only a run that uses it pays for it.
        from ._fuzz import fuzz

        yield from fuzz(judge, wanted)

    @cached_property
    def scribe(self) -> Scribe:
        """Writes for people, without the key."""
        settings = self.bench.settings
        return Scribe(
            self.bench.wire.url,
            self.bench.key,
            settings.key_name,
            throwaway=settings.api_key is None,
        )

    def _note(self, result: Result) -> None:
        result = replace(result, note=self.scribe.told(result.note))
        self.results[result.clause.id] = result
        if self.observer is not None:
            self.observer(result, len(self.results), len(self.clauses))
