"""The registry of clauses: what a clause is, and the decorators that register one."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from ._bench import Bench
from ._contract import VERSIONS
from .requests.exchange import Exchange


class Level(enum.Enum):
    """How binding a clause is."""

    MUST = "MUST"
    SHOULD = "SHOULD"


Need: TypeAlias = Literal["nothing", "key", "model", "messages"]


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One requirement.

    Args:
        id: `section/number`, or `section/part/number` where the part is a version.
        sentence: The requirement.
        level: MUST or SHOULD.
        source: Where it is documented.
        needs: What the server must offer before the clause can be judged: an accepted
            key, a model that answers, the Messages operation.
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
        named = tuple(version for version in VERSIONS if f"/{version}/" in self.id)
        return named or VERSIONS


@dataclass(frozen=True)
class Section:
    """A section of the contract.

    Args:
        name: The first part of its clauses' ids.
        title: Its heading in reports.
        order: Its place among the sections.
    """

    name: str
    title: str
    order: int


Check: TypeAlias = Callable[[Bench], None]
InvariantCheck: TypeAlias = Callable[[Bench, Exchange], bool]
F = TypeVar("F")

REGISTERED_SECTIONS: list[Section] = []
DIRECTED: dict[Clause, Check] = {}
INVARIANTS: dict[Clause, InvariantCheck] = {}


def section(name: str, title: str, *, order: int) -> None:
    """Register a section."""
    REGISTERED_SECTIONS.append(Section(name, title, order))


def must(
    id: str, sentence: str, source: str, *, needs: Need = "model"
) -> Callable[[Check], Check]:
    """Register a MUST clause whose check sends requests of its own."""
    clause = Clause(
        id=id, sentence=sentence, level=Level.MUST, source=source, needs=needs
    )
    return _register(DIRECTED, clause)


def should(
    id: str, sentence: str, source: str, *, needs: Need = "model"
) -> Callable[[Check], Check]:
    """Register a SHOULD clause whose check sends requests of its own."""
    clause = Clause(
        id=id, sentence=sentence, level=Level.SHOULD, source=source, needs=needs
    )
    return _register(DIRECTED, clause)


def invariant(
    id: str,
    sentence: str,
    source: str,
    *,
    level: Level = Level.MUST,
    needs: Need = "nothing",
) -> Callable[[InvariantCheck], InvariantCheck]:
    """Register a clause that is checked on every exchange, whichever clause sent it.

    The check returns whether the clause applies to the exchange.
    """
    clause = Clause(id=id, sentence=sentence, level=level, source=source, needs=needs)
    return _register(INVARIANTS, clause)


def _register(registry: dict[Clause, F], clause: Clause) -> Callable[[F], F]:
    def add(function: F) -> F:
        if any(known.id == clause.id for known in (*DIRECTED, *INVARIANTS)):
            raise ValueError(f"two clauses have the id {clause.id}")
        registry[clause] = function
        return function

    return add
