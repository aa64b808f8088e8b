"""Compare the servers of an API."""

from __future__ import annotations

from typing import Any

from text_completions_document import Node, is_list

from .._located import MISSING, Located, same, shown
from ._pair import Pair


def compare_servers(pair: Pair) -> None:
    """Compare two lists of servers; a server is identified by its URL."""
    old, new = _by_url(pair.old), _by_url(pair.new)
    for url in dict.fromkeys((*old, *new)):
        server = pair.at(old.get(url, MISSING), new.get(url, MISSING))
        if url not in new:
            server.report("server-removed", values=(url, None), detail=url)
        elif url not in old:
            server.report("server-added", values=(None, url), detail=url)
        else:
            server.notes("url", "variables")
            for name, variable in server.members("variables"):
                _compare_variable(name, variable)
    first, now = next(iter(old)), next(iter(new))
    if first != now and first in new:
        values = first, now
        pair.report("default-server-changed", "servers", values=values, detail=now)


def _by_url(part: Located) -> dict[str, Located]:
    here = Located(part.member("servers").pointer, {"url": "/"})
    servers = part.items("servers") or [here]
    return {str(one.get("url")).rstrip("/") or "/": one for one in servers}


def _compare_variable(name: str, pair: Pair) -> None:
    old, new = pair.old.node, pair.new.node
    come = _only_in(new, old)
    if _only_in(old, new) or not same(*pair.values("default")):
        pair.report("server-variable-changed", detail=shown(name))
    elif come:
        pair.report("server-variable-extended", detail=", ".join(come))
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
