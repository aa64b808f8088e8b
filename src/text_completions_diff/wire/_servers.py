"""Compare the servers of an API."""

from __future__ import annotations

from typing import Any

from text_completions_document import Node, is_list

from .._located import MISSING, Located, same, shown
from ._pair import Pair


def compare_servers(pair: Pair) -> None:
    """Compare two lists of servers; a server is identified by its URL."""
    before, after = _by_url(pair.old), _by_url(pair.new)
    for url, old in before.items():
        new = after.get(url)
        if new is None:
            pair.at(old, MISSING).report(
                "server-removed", values=(url, None), detail=url
            )
        else:
            server = pair.at(old, new)
            server.notes("url", "variables")
            for name, variable in server.members("variables"):
                _compare_variable(name, variable)
    for url, new in after.items():
        if url not in before:
            pair.at(new, new).report("server-added", values=(None, url), detail=url)
    first, now = next(iter(before)), next(iter(after))
    if first != now and first in after:
        pair.report(
            "default-server-changed", "servers", values=(first, now), detail=now
        )


def _by_url(part: Located) -> dict[str, Located]:
    here = Located(part.member("servers").pointer, {"url": "/"})
    servers = part.items("servers") or [here]
    return {str(one.get("url")).rstrip("/") or "/": one for one in servers}


def _compare_variable(name: str, pair: Pair) -> None:
    old, new = pair.old.node, pair.new.node
    gone, come = _only_in(old, new), _only_in(new, old)
    values = dict(old), dict(new)
    if gone or not same(*pair.values("default")):
        pair.report("server-variable-changed", values=values, detail=shown(name))
    elif come:
        pair.report("server-variable-extended", values=values, detail=", ".join(come))
    pair.notes("default", "enum")


def _only_in(one: Node, other: Node) -> list[str]:
    """Return the values that only one variable has; without an enum it has all."""
    first: Any = one.get("enum")
    second: Any = other.get("enum")
    if not is_list(second):
        return []
    if not is_list(first):
        return ["other values"]
    return [str(value) for value in first if value not in second]
