"""Where an API is to be found."""

from __future__ import annotations

from typing import Any

from text_completions_document import below, mapping, sequence

from ._change import Place
from ._context import Context, Spot
from ._values import same, shown

_HERE = [{"url": "/"}]


def compare_servers(context: Context, old: Spot, new: Spot, place: Place) -> None:
    """Compare two lists of servers."""
    lists = [sequence(spot[1].get("servers")) or _HERE for spot in (old, new)]
    before, after = (_by_url(one) for one in lists)
    for url in before:
        if url not in after:
            where = below(old[0], "servers", list(before).index(url))
            context.tell("server-removed", place, where, url, None, url)
    for url, server in after.items():
        index = list(after).index(url)
        where = below(new[0], "servers", index)
        if url not in before:
            context.tell("server-added", place, where, None, url, url)
            continue
        spots = (below(old[0], "servers", index), before[url]), (where, server)
        context.notes(*spots, place, frozenset({"url", "variables"}))
        _compare_variables(context, spots[0], spots[1], place)
    first, now = next(iter(before)), next(iter(after))
    if first != now and first in after:
        where = below(new[0], "servers")
        context.tell("default-server-changed", place, where, first, now, now)


def _by_url(servers: list[Any]) -> dict[str, Any]:
    return {
        str(mapping(one).get("url")).rstrip("/") or "/": mapping(one) for one in servers
    }


def _compare_variables(context: Context, old: Spot, new: Spot, place: Place) -> None:
    variables = mapping(old[1].get("variables")), mapping(new[1].get("variables"))
    for name in dict.fromkeys((*variables[0], *variables[1])):
        before, after = (mapping(one.get(name)) for one in variables)
        where = below(new[0], "variables", name)
        gone, come = _values(before, after), _values(after, before)
        values = dict(before), dict(after)
        if gone or not same(before.get("default"), after.get("default")):
            context.tell("server-variable-changed", place, where, *values, shown(name))
        elif come:
            kind = "server-variable-extended"
            context.tell(kind, place, where, *values, ", ".join(come))
        spots = (below(old[0], "variables", name), before), (where, after)
        context.notes(*spots, place, frozenset({"default", "enum"}))


def _values(one: Any, other: Any) -> list[str]:
    """What one variable takes and the other does not; without an enum it is all."""
    first, second = one.get("enum"), other.get("enum")
    if second is None:
        return []
    if first is None:
        return ["other values"]
    return [str(value) for value in first if value not in second]
