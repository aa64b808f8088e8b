"""The registry of clauses: what a clause is, and the decorators that register one."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from ._bench import Bench
from ._contract import COMPLETE, MESSAGES, VERSIONS
from .requests.exchange import Exchange


class Level(enum.Enum):
    """How binding a clause is."""

    MUST = "MUST"
    SHOULD = "SHOULD"


Need: TypeAlias = Literal["nothing", "key", "model", "messages"]


@dataclass(frozen=True)
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


Check: TypeAlias = Callable[[Bench], None]
CheckOfPath: TypeAlias = Callable[[Bench, str], None]
InvariantCheck: TypeAlias = Callable[[Bench, Exchange], None]
F = TypeVar("F")

# The order, the name and the title of each section.
REGISTERED_SECTIONS: list[tuple[int, str, str]] = []
# What the clauses of a section need unless they say otherwise.
SECTION_NEEDS: dict[str, Need] = {}
DIRECTED: dict[Clause, Check] = {}
INVARIANTS: dict[Clause, InvariantCheck] = {}


def section(name: str, title: str, *, order: int, needs: Need = "model") -> None:
    """Register a section: the first part of its clauses' ids, and its heading."""
    REGISTERED_SECTIONS.append((order, name, title))
    SECTION_NEEDS[name] = needs


def must(
    id: str, source: str, *, needs: Need | None = None, sentence: str = ""
) -> Callable[[Check], Check]:
    """Register a MUST clause whose check sends requests of its own.

    Args:
        id: The id of the clause.
        source: Where the clause is documented.
        needs: What the server must offer. Default: what the section says.
        sentence: The requirement. Default: the docstring of the check.
    """
    needed = needs or SECTION_NEEDS[id.partition("/")[0]]
    return _register(DIRECTED, Level.MUST, id, source, needed, sentence)


def must_both(
    id: str, source: str, *, messages: tuple[str, str]
) -> Callable[[CheckOfPath], CheckOfPath]:
    """Register a MUST clause for each operation; the check is given its path.

    Args:
        id: The id of the clause about `/v1/complete`.
        source: Where it is documented.
        messages: The id and the source of the clause about `/v1/messages`.
    """

    def add(check: CheckOfPath) -> CheckOfPath:
        sentence = _sentence_of(check)
        must(id, source, sentence=sentence)(lambda bench: check(bench, COMPLETE))
        must(*messages, needs="messages", sentence=sentence)(
            lambda bench: check(bench, MESSAGES)
        )
        return check

    return add


def should(id: str, source: str) -> Callable[[Check], Check]:
    """Register a SHOULD clause whose check sends requests of its own."""
    needed = SECTION_NEEDS[id.partition("/")[0]]
    return _register(DIRECTED, Level.SHOULD, id, source, needed)


def invariant(
    id: str, source: str, *, level: Level = Level.MUST
) -> Callable[[InvariantCheck], InvariantCheck]:
    """Register a clause that is checked on every exchange, whichever clause sent it.

    The check raises `NotJudged` where the clause does not apply to the exchange.
    """
    needs = SECTION_NEEDS[id.partition("/")[0]]
    # Errors are judged where no model answers.
    needed = "nothing" if needs == "model" else needs
    return _register(INVARIANTS, level, id, source, needed)


_WITHOUT_DOCSTRINGS = (
    "the clauses say what they require in docstrings, which python -OO and "
    "PYTHONOPTIMIZE=2 leave out: run without them"
)


def _register(
    registry: dict[Clause, F],
    level: Level,
    identity: str,
    source: str,
    needs: Need,
    sentence: str = "",
) -> Callable[[F], F]:
    if any(known.id == identity for known in (*DIRECTED, *INVARIANTS)):
        raise ValueError(f"two clauses have the id {identity}")

    def add(check: F) -> F:
        requirement = sentence or _sentence_of(check)
        registry[Clause(identity, requirement, level, source, needs)] = check
        return check

    return add


def _sentence_of(check: object) -> str:
    sentence = " ".join((check.__doc__ or "").split())
    if not sentence:
        raise ImportError(_WITHOUT_DOCSTRINGS)
    return sentence
