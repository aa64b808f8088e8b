"""Compare the names of the client, which `x-contract-client` gives."""

from __future__ import annotations

from collections.abc import Iterator

from text_completions_document import is_object

from .._located import MISSING, Located, same
from ._pair import CLIENT, Pair


def compare_client(root: Pair) -> None:
    """Compare classes, constants, credentials, variables and exceptions."""
    old, new = (dict(_names(part.member(CLIENT))) for part in (root.old, root.new))
    for key, name in dict.fromkeys((*old, *new)):
        before, after = (names.get((key, name), MISSING) for names in (old, new))
        if key == "credentials" and before.node and after.node:
            for part in dict.fromkeys((*before.node, *after.node)):
                _compare(root.at(before.member(part), after.member(part)), part)
        else:
            _compare(root.at(before, after), name)


def _names(client: Located) -> Iterator[tuple[tuple[str, str], Located]]:
    """Yield each name with the key above it; positions in lists are no names."""
    for key, value in client.node.items():
        if key in ("sync", "async"):
            yield from (((key, str(one.value)), one) for one in client.items(key))
        elif key == "credentials":
            for one in client.items(key):
                yield (key, str(one.get("argument"))), one
        elif key == "dialogue":
            # Its members name constants. What code uses are the functions.
            functions = "prompt_to_messages and messages_to_prompt"
            yield (key, functions), client.member(key)
        elif is_object(value):
            yield from (((key, one), part) for one, part in client.members(key).items())
        else:
            yield (key, key), client.member(key)


def _compare(pair: Pair, name: str) -> None:
    before, after = pair.old.value, pair.new.value
    if same(before, after):
        return
    change = "changed"
    if before is None or after is None:
        change = "added" if before is None else "removed"
    has_value = isinstance(before, str) and before != name
    detail = f"{name} {before}" if has_value else name
    pair.report(f"client-name-{change}", detail=detail)
