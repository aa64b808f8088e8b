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
    known = {version for clause in every for version in clause.versions}
    if settings.version not in {None, *known}:
        told = " and ".join(sorted(known))
        raise SetupError(f"there is no version {settings.version!r}; known: {told}")
    for name in (*settings.only, *settings.skip):
        _refuse_unknown(name, [clause.id for clause in every])
    return [
        clause
        for clause in every
        if not _is_named(clause, settings.skip)
        and (_is_named(clause, settings.only) or _is_usual(clause, settings))
        and (settings.version is None or settings.version in clause.versions)
    ]


def _is_usual(clause: Clause, settings: Settings) -> bool:
    """Whether a clause is judged where none is named."""
    generated = clause.section == "schema" and settings.profile == "quick"
    return not settings.only and not generated


def _is_named(clause: Clause, names: Iterable[str]) -> bool:
    return any(name in {clause.section, clause.id} for name in names)


def _refuse_unknown(name: str, ids: Iterable[str]) -> None:
    if "/" in name:
        if name not in ids:
            raise SetupError(f"there is no clause {name!r}; --list prints them all")
    elif name not in SECTIONS:
        known = ", ".join(SECTIONS)
        raise SetupError(f"there is no section {name!r}; known: {known}")


def _natural(name: str) -> list[tuple[int, str]]:
    parts = name.split("/")
    return [(int(part), "") if part.isdigit() else (0, part) for part in parts]
