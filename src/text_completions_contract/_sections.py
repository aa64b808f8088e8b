"""The sections of the contract in the order in which they are judged and printed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ._clause import DIRECTED, INVARIANTS, Clause
from ._errors import SetupError
from ._settings import Settings

SECTIONS: Final = {
    "auth": "Authentication",
    "headers": "Response headers",
    "request": "Request bounds and types",
    "errors": "Errors",
    "answer": "Answers",
    "framing": "Stream framing",
    "stream": "Stream meaning",
    "stop": "Stop sequences",
    "limits": "Limits",
    "versions": "Versions",
    "methods": "Methods",
    "text": "Text and numbers",
    "prompts": "Prompt validation",
    "messages": "Messages",
    "schema": "The document, by generated requests",
}


def in_order(clauses: Iterable[Clause]) -> list[Clause]:
    """The clauses by section, and within a section by id."""
    places = list(SECTIONS)
    return sorted(
        clauses, key=lambda item: (places.index(item.section), _natural(item.id))
    )


def own_clauses() -> list[Clause]:
    """Every clause that is judged without generated requests."""
    # Importing the package fills the registry; not on top, for it imports the bench.
    from . import clauses

    assert clauses.__all__
    return in_order([*DIRECTED, *INVARIANTS])


def chosen(clauses: Iterable[Clause], settings: Settings) -> list[Clause]:
    """The clauses that the settings leave; names that match nothing are refused."""
    every = list(clauses)
    _refuse_unknown("section", settings.only, SECTIONS)
    _refuse_unknown("clause", settings.skip, {clause.id for clause in every})
    return [
        clause
        for clause in every
        if clause.id not in settings.skip
        and (not settings.only or clause.section in settings.only)
    ]


def _refuse_unknown(kind: str, names: Iterable[str], known: Iterable[str]) -> None:
    allowed = list(known)
    for name in names:
        if name not in allowed:
            hint = f"; known: {', '.join(allowed)}" if kind == "section" else ""
            raise SetupError(f"there is no {kind} {name!r}{hint}")


def _natural(name: str) -> list[tuple[int, str]]:
    parts = name.split("/")
    return [(int(part), "") if part.isdigit() else (0, part) for part in parts]
