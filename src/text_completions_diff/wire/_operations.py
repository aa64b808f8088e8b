"""Compare operations: which exist, and how each is called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from text_completions_document import Document, below, sequence

from .._changes import Usage
from .._kinds import Side
from .._located import MISSING, Located
from ._bodies import compare_body
from ._pair import Pair
from ._parameters import compare_parameters, parameters_of
from ._responses import compare_responses
from ._security import SecurityComparison
from ._servers import compare_servers

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
        side = Side.RESPONSE if paths.is_reverse else Side.REQUEST
        usage = Usage(side, f"{new.name}: call")
        return replace(paths, old=old.part, new=new.part, usage=usage)

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
