"""The edits of `single_edits.yaml`, divided into as few documents as will do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from emitting import CONTRACT, merged, plain

EDITS: dict[str, dict[str, Any]] = plain(Path(__file__).with_name("single_edits.yaml"))
PROMPT = (
    r'model="claude-2.1", prompt="\n\nHuman: Hi\n\nAssistant:", max_tokens_to_sample=5'
)


def written(call: str) -> str:
    """Return a call of the fixture as Python."""
    return call.replace("PROMPT", PROMPT)


Steps = tuple[str, ...]


def touched(edit: Any, path: Steps = ()) -> set[Steps]:
    """Return the paths of what an edit sets or adds to."""
    if not isinstance(edit, dict):
        return {path}
    return {one for key, part in edit.items() for one in touched(part, (*path, key))}


def clash(first: str, second: str) -> bool:
    """Tell whether two edits cannot be applied to one document."""
    if EDITS[first].get("alone") or EDITS[second].get("alone"):
        return True
    others = touched(EDITS[second]["edit"])
    return any(
        one[: len(two)] == two[: len(one)]
        for one in touched(EDITS[first]["edit"])
        for two in others
    )


def divided() -> list[list[str]]:
    """Divide the edits into as few documents as will do."""
    groups: list[list[str]] = []
    for name in EDITS:
        fitting = [g for g in groups if not any(clash(name, other) for other in g)]
        if fitting:
            fitting[0].append(name)
        else:
            groups.append([name])
    return groups


GROUPS = divided()


def edited(group: list[str]) -> Any:
    """Return the document with all edits of a group."""
    data = plain(CONTRACT)
    for name in group:
        data = merged(data, EDITS[name]["edit"])
    return data
