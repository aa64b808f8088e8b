"""The names of the client: what `x-contract-client` says of it."""

from __future__ import annotations

from typing import Any

from text_completions_document import below, is_object, mapping, sequence

from ._change import Place
from ._context import Context
from ._kinds import Side
from ._values import same

_KEY = "x-contract-client"
_PLACE = Place(Side.REQUEST, "the client")


def compare_client(context: Context) -> None:
    """Compare classes, constants, credentials, variables and exceptions."""
    old, new = mapping(context.old.root.get(_KEY)), mapping(context.new.root.get(_KEY))
    for key in dict.fromkeys((*old, *new)):
        before, after = old.get(key), new.get(key)
        where = below("#", _KEY, key)
        if key in ("sync", "async"):
            _compare_names(context, before, after, where)
        elif key == "credentials":
            named = _by_argument(before), _by_argument(after)
            for name in dict.fromkeys((*named[0], *named[1])):
                ways = mapping(named[0].get(name)), mapping(named[1].get(name))
                _compare_credential(context, name, ways, where, after)
        elif is_object(before) or is_object(after):
            _compare_members(context, mapping(before), mapping(after), where)
        else:
            _compare_one(context, before, after, where, key)


def _compare_names(context: Context, old: Any, new: Any, where: str) -> None:
    before, after = sequence(old), sequence(new)
    for name in before:
        if name not in after:
            pointer = below(where, before.index(name))
            context.tell("client-name-removed", _PLACE, pointer, name, None, name)
    for name in after:
        if name not in before:
            pointer = below(where, after.index(name))
            context.tell("client-name-added", _PLACE, pointer, None, name, name)


def _by_argument(ways: Any) -> dict[str, Any]:
    return {str(mapping(one).get("argument")): one for one in sequence(ways)}


def _compare_credential(
    context: Context, name: str, ways: tuple[Any, Any], where: str, listed: Any
) -> None:
    before, after = ways
    place = below(where, list(_by_argument(listed)).index(name)) if after else where
    if before and after:
        _compare_members(context, before, after, place)
    else:
        _compare_one(context, dict(before) or None, dict(after) or None, place, name)


def _compare_members(context: Context, old: Any, new: Any, where: str) -> None:
    for name in dict.fromkeys((*old, *new)):
        values = old.get(name), new.get(name)
        _compare_one(context, *values, below(where, name), str(name))


def _compare_one(
    context: Context, before: Any, after: Any, where: str, name: str
) -> None:
    if same(before, after):
        return
    change = "changed"
    if before is None or after is None:
        change = "added" if before is None else "removed"
    told = f"{name} {before}" if isinstance(before, str) else name
    context.tell(f"client-name-{change}", _PLACE, where, before, after, told)
