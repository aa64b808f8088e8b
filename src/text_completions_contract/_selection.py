"""All clauses in the order of a report, and those that the settings select."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from ._contract import VERSIONS, Contract, load_contract
from ._registry import DIRECTED, INVARIANTS, REGISTERED_SECTIONS, Clause
from ._settings import Settings, SetupError

# The import of the package registers the clauses of every section.
from .clauses.schema import schema_clauses

SECTIONS: Final = {name: title for _, name, title in sorted(REGISTERED_SECTIONS)}


def all_clauses(contract: Contract | None = None) -> list[Clause]:
    """Every clause, by section and within a section by id.

    Args:
        contract: The contract, whose operations have clauses of their own in the
            section `schema`. Default: the installed one.
    """
    places = list(SECTIONS)
    schema = schema_clauses(contract or load_contract(None))
    return sorted(
        [*DIRECTED, *INVARIANTS, *schema],
        key=lambda clause: (places.index(clause.section), _natural(clause.id)),
    )


def by_section(clauses: Iterable[Clause]) -> list[tuple[str, list[Clause]]]:
    """Sorted clauses, section by section."""
    grouped = groupby(clauses, key=lambda clause: clause.section)
    return [(section, list(members)) for section, members in grouped]


def chosen_clauses(
    settings: Settings, contract: Contract | None = None
) -> list[Clause]:
    """The clauses that the settings select.

    Args:
        settings: The settings.
        contract: The contract. Default: the one that the settings name.

    Raises:
        SetupError: A version, a section or a clause is unknown, or the document cannot
            be used.
    """
    every = all_clauses(contract or load_contract(settings.document))
    if settings.version not in {None, *VERSIONS}:
        known = " and ".join(sorted(VERSIONS))
        raise SetupError(
            f"unknown version {settings.version!r}; the versions are {known}"
        )
    for name in (*settings.only, *settings.skip):
        _check_name(name, every)
    return [
        clause
        for clause in every
        if not _is_named(clause, settings.skip)
        and (_is_named(clause, settings.only) or _is_default(clause, settings))
        and (settings.version is None or settings.version in clause.versions)
    ]


def _is_default(clause: Clause, settings: Settings) -> bool:
    """Whether a clause is judged without being named."""
    skipped_when_quick = clause.section == "schema" and settings.profile == "quick"
    return not settings.only and not skipped_when_quick


def _is_named(clause: Clause, names: Iterable[str]) -> bool:
    return any(name in {clause.section, clause.id} for name in names)


def _check_name(name: str, clauses: Iterable[Clause]) -> None:
    if "/" in name:
        if name not in {clause.id for clause in clauses}:
            raise SetupError(f"there is no clause {name!r}; --list prints all of them")
    elif name not in SECTIONS:
        names = ", ".join(SECTIONS)
        raise SetupError(f"there is no section {name!r}; known: {names}")


def _natural(name: str) -> list[tuple[int, str]]:
    parts = name.split("/")
    return [(int(part), "") if part.isdigit() else (0, part) for part in parts]
