"""Compare the names of the client, which `x-contract-client` gives."""

from __future__ import annotations

from typing import Any

from text_completions_document import is_object, sequence

from .._located import Located, same
from ._pair import CLIENT, Pair


def compare_client(root: Pair) -> None:
    """Compare classes, constants, credentials, variables and exceptions."""
    pair = root.at(root.old.member(CLIENT), root.new.member(CLIENT))
    for key in dict.fromkeys((*pair.old.node, *pair.new.node)):
        old, new = pair.old.member(key), pair.new.member(key)
        member = pair.at(old, new)
        if key in ("sync", "async"):
            _compare_classes(member)
        elif key == "credentials":
            _compare_credentials(pair)
        elif key == "dialogue":
            # Its members name constants. What code uses are the functions.
            _compare_value(member, "prompt_to_messages and messages_to_prompt")
        elif is_object(old.value) or is_object(new.value):
            _compare_members(member)
        else:
            _compare_value(member, key)


def _compare_classes(pair: Pair) -> None:
    before, after = sequence(pair.old.value), sequence(pair.new.value)
    for name in before:
        if name not in after:
            index = before.index(name)
            pair.report(
                "client-name-removed", index, values=(name, None), detail=str(name)
            )
    for name in after:
        if name not in before:
            index = after.index(name)
            pair.report(
                "client-name-added", index, values=(None, name), detail=str(name)
            )


def _compare_credentials(pair: Pair) -> None:
    old, new = (_by_argument(part) for part in (pair.old, pair.new))
    for name in dict.fromkeys((*old, *new)):
        here = pair.new.member("credentials").pointer
        before, after = (one.get(name, Located(here, None)) for one in (old, new))
        credential = pair.at(before, after)
        if before.node and after.node:
            _compare_members(credential)
        else:
            _compare_value(credential, name)


def _by_argument(part: Located) -> dict[str, Located]:
    return {str(one.get("argument")): one for one in part.items("credentials")}


def _compare_members(pair: Pair) -> None:
    for name in dict.fromkeys((*pair.old.node, *pair.new.node)):
        _compare_value(pair.at(pair.old.member(name), pair.new.member(name)), name)


def _compare_value(pair: Pair, name: str) -> None:
    before: Any = pair.old.value
    after: Any = pair.new.value
    if same(before, after):
        return
    change = "changed"
    if before is None or after is None:
        change = "added" if before is None else "removed"
    detail = f"{name} {before}" if isinstance(before, str) else name
    pair.report(f"client-name-{change}", values=(before, after), detail=detail)
