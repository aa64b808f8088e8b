"""The file of failures that are known: what a run may find without failing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import yaml

from ._errors import SetupError
from ._selection import all_clauses
from ._strict_json import as_list, as_object

FORM: Final = "it is a list of ids of clauses, each as `- ID` or `- ID: the reason`"


def read_expected(path: Path) -> dict[str, str]:
    """Read the ids of clauses that are known to fail, and the reasons given.

    Raises:
        SetupError: The file cannot be read, has another form or names no clause.
    """
    try:
        data: object = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        message = f"the expected failures {path} cannot be read: {reason}"
        raise SetupError(message) from error
    if data is None or as_list(data) == data:
        return _checked(path, map(_entry, as_list(data)))
    raise SetupError(f"the expected failures {path} are no list: {FORM}")


def _checked(path: Path, entries: Iterable[tuple[str, str] | None]) -> dict[str, str]:
    known = {clause.id for clause in all_clauses()}
    found: dict[str, str] = {}
    for number, entry in enumerate(entries, 1):
        place = f"entry {number} of the expected failures {path}"
        if entry is None:
            raise SetupError(f"{place} cannot be read: {FORM}")
        identity, reason = entry
        if identity not in known:
            hint = "--list prints all there are"
            raise SetupError(f"{place} names no clause: {identity!r}; {hint}")
        if identity in found:
            raise SetupError(f"{place} names {identity!r} a second time")
        found[identity] = reason
    return found


def _entry(value: Any) -> tuple[str, str] | None:
    """The id and the reason; as a text, as one pair, or as two named members."""
    if isinstance(value, str):
        return value, ""
    members = as_object(value)
    if members is None:
        return None
    if "id" in members and set(members) <= {"id", "reason"}:
        pair = (members["id"], members.get("reason"))
    elif len(members) == 1:
        pair = next(iter(members.items()))
    else:
        return None
    identity, reason = pair
    if not isinstance(identity, str) or not isinstance(reason, str | None):
        return None
    return identity, " ".join((reason or "").split())
