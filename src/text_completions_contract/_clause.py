"""A clause, how it speaks, and the registry that all clauses are in."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from ._document import NEW, OLD
from ._exchange import Exchange

if TYPE_CHECKING:
    from ._bench import Bench


class Level(enum.Enum):
    """How binding a clause is."""

    MUST = "MUST"
    SHOULD = "SHOULD"


Need: TypeAlias = Literal["nothing", "key", "model", "messages"]


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One requirement.

    Args:
        id: Its name, `section/number` or `section/version/number`.
        sentence: The requirement.
        level: MUST or SHOULD.
        source: Where it is documented.
        needs: What must be at hand to judge it: an accepted key, a model that
            answers, the Messages operation.
    """

    id: str
    sentence: str
    level: Level
    source: str
    needs: Need = "model"

    @property
    def section(self) -> str:
        """The first part of the id."""
        return self.id.partition("/")[0]

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions of the wire format that it applies to."""
        named = tuple(version for version in (NEW, OLD) if f"/{version}/" in self.id)
        return named or (NEW, OLD)


class Deviation(Exception):
    """The server does not do what the clause says.

    Args:
        message: What came back, against what was expected, in a sentence.
        exchange: The exchange that shows it.
        rests_on: Exchanges whose texts were compared. They are repeated before the
            server is blamed, for a server need not be deterministic.
    """

    def __init__(
        self, message: str, exchange: Exchange, rests_on: tuple[Exchange, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.exchange = exchange
        self.rests_on = rests_on


class NotJudged(Exception):
    """The clause cannot be judged on this server; the message says why."""


Check: TypeAlias = "Callable[[Bench], None]"
Invariant: TypeAlias = "Callable[[Bench, Exchange], bool]"
F = TypeVar("F")

DIRECTED: dict[Clause, Check] = {}
INVARIANTS: dict[Clause, Invariant] = {}


def must(id: str, sentence: str, source: str, **more: Any) -> Callable[[Check], Check]:
    """Register a directed clause that binds."""
    return _register(
        DIRECTED,
        Clause(id=id, sentence=sentence, level=Level.MUST, source=source, **more),
    )


def should(
    id: str, sentence: str, source: str, **more: Any
) -> Callable[[Check], Check]:
    """Register a directed clause that advises."""
    return _register(
        DIRECTED,
        Clause(id=id, sentence=sentence, level=Level.SHOULD, source=source, **more),
    )


def always(
    id: str,
    sentence: str,
    source: str,
    *,
    level: Level = Level.MUST,
    needs: Need = "nothing",
) -> Callable[[Invariant], Invariant]:
    """Register a clause that every exchange is held against, whoever sent it.

    The function says whether the exchange was one to judge.
    """
    clause = Clause(id=id, sentence=sentence, level=level, source=source, needs=needs)
    return _register(INVARIANTS, clause)


def _register(registry: dict[Clause, F], clause: Clause) -> Callable[[F], F]:
    def add(function: F) -> F:
        if any(known.id == clause.id for known in registry):
            raise ValueError(f"two clauses are called {clause.id}")
        registry[clause] = function
        return function

    return add


def expect(holds: bool, message: str, exchange: Exchange, *rests_on: Exchange) -> None:
    """Raise a deviation unless it holds."""
    if not holds:
        raise Deviation(message, exchange, rests_on)
