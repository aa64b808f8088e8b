"""Compare operations: which exist, and where and how each is called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from text_completions_document import Document, Node, below, is_list, sequence

from .._changes import Usage
from .._kinds import Side
from .._located import MISSING, Located, same, shown
from ._bodies import compare_body
from ._pair import Pair
from ._parameters import compare_parameters, parameters_of
from ._responses import compare_responses
from ._security import SecurityComparison

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_METHODS_3_2 = (*_METHODS, "query")
_MORE_METHODS = "additionalOperations"  # of OpenAPI 3.2, by their methods

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation and its path item; the method is written as it is sent."""

    path: str
    method: str
    part: Located
    item: Located

    @property
    def key(self) -> Key:
        """What a caller sees of it: the names of path parameters are not sent."""
        return re.sub(r"\{[^}]*\}", "{}", self.path), self.method

    @property
    def id(self) -> str | None:
        name = self.part.get("operationId")
        return name if isinstance(name, str) else None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


class OperationComparison:
    """Compares operations, those of webhooks and callbacks too."""

    def __init__(self, root: Pair) -> None:
        self._root = root
        self._security = SecurityComparison(root)

    def compare(self, paths: Pair) -> None:
        old = _operations_of(paths.comparison.old, paths.old)
        new = _operations_of(paths.comparison.new, paths.new)
        gone = {key: one for key, one in old.items() if key not in new}
        come = {key: one for key, one in new.items() if key not in old}
        for was, now in list(_moved(gone, come)):
            del gone[was.key], come[now.key]
            pair = self._pair(paths, was, now)
            pair.report("operation-moved", values=(was.name, now.name), detail=was.name)
            self._compare(was, now, pair)
        for one in gone.values():
            pair = self._pair(paths, one, replace(one, part=MISSING))
            pair.report("operation-removed", values=(one.name, None))
        for one in come.values():
            pair = self._pair(paths, replace(one, part=MISSING), one)
            pair.report("operation-added", values=(None, one.name))
        for key, one in new.items():
            if key in old:
                self._compare(old[key], one, self._pair(paths, old[key], one))

    def compare_schemes(self) -> None:
        self._security.compare_schemes()

    def _pair(self, paths: Pair, old: Operation, new: Operation) -> Pair:
        usage = Usage(Side.REQUEST, f"{new.name}: ")
        pair = replace(paths, old=old.part, new=new.part, usage=usage)
        return pair.written(Side.REQUEST, "call")

    def _compare(self, old: Operation, new: Operation, pair: Pair) -> None:
        items = pair.at(old.item, new.item)
        _compare_names(old, new, pair)
        pair.deprecation()
        pair.notes(
            "operationId",
            "parameters",
            "requestBody",
            "responses",
            "callbacks",
            "deprecated",
            "security",
            "servers",
            "tags",
        )
        items.notes(*_METHODS_3_2, _MORE_METHODS, "parameters", "servers")
        root = self._root
        servers = pair.at(
            _with_servers(pair.old, items.old, root.old),
            _with_servers(pair.new, items.new, root.new),
        )
        if (servers.old, servers.new) != (root.old, root.new):
            compare_servers(servers)
        self._security.compare(pair)
        compare_parameters(
            pair,
            parameters_of(pair.comparison.old, old.item, old.part, old.path),
            parameters_of(pair.comparison.new, new.item, new.part, new.path),
        )
        compare_body(pair.member("requestBody"))
        compare_responses(pair)
        for _, callbacks in pair.members("callbacks"):
            self.compare(replace(callbacks, is_reverse=not pair.is_reverse))


def _with_servers(operation: Located, item: Located, root: Located) -> Located:
    parts = (operation, item)
    return next((one for one in parts if "servers" in one.node), root)


def _operations_of(document: Document, paths: Located) -> dict[Key, Operation]:
    operations: dict[Key, Operation] = {}
    for path, value in paths.node.items():
        if path.startswith("x-"):
            continue
        item = Located(below(paths.pointer, path), value).followed(document)
        for method, part in _methods_of(document, item).items():
            one = Operation(path, method, part, item)
            operations[one.key] = one
    return operations


def _methods_of(document: Document, item: Located) -> dict[str, Located]:
    fixed = _METHODS_3_2 if document.is_3_2 else _METHODS
    more = item.members(_MORE_METHODS) if document.is_3_2 else {}
    return more | {
        method.upper(): item.member(method) for method in fixed if method in item.node
    }


def _moved(
    gone: dict[Key, Operation], come: dict[Key, Operation]
) -> Iterator[tuple[Operation, Operation]]:
    """Find operations that have the same id under another path or method."""
    ids = {one.id: one for one in gone.values() if one.id is not None}
    for now in come.values():
        if now.id in ids:
            yield ids.pop(now.id), now


def _compare_names(old: Operation, new: Operation, pair: Pair) -> None:
    if old.id != new.id:
        kind = "operation-id-added" if old.id is None else "operation-id-changed"
        pair.report(kind, "operationId", values=(old.id, new.id), detail=str(old.id))
    before, after = (sequence(tags) for tags in pair.values("tags"))
    if sorted(map(str, before)) != sorted(map(str, after)):
        # The client has an attribute for each tag: client.completions.create.
        has_client = pair.comparison.has_client
        kind = "client-name-changed" if has_client else "note-changed"
        detail = f"client.{before[0]}" if before and has_client else "tags"
        pair.report(kind, "tags", detail=detail)


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
