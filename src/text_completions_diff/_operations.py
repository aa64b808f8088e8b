"""Operations: which are answered, and how each is called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from text_completions_document import Document, below, mapping, sequence

from ._content import compare_body, compare_responses
from ._context import Callers, Context, Spot, follow
from ._parameters import compare_parameters, parameters_of
from ._security import Security
from ._servers import compare_servers

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_READ = frozenset(
    [
        "operationId",
        "parameters",
        "requestBody",
        "responses",
        "callbacks",
        "deprecated",
        "security",
        "servers",
        "tags",
    ]
)
_READ_OF_ITEM = frozenset({*_METHODS, "parameters", "servers", "$ref"})

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation, its path item, and where both stand."""

    path: str
    method: str
    spot: Spot
    item: Spot

    @property
    def key(self) -> Key:
        """What a caller sees of it: names in a path are not on the wire."""
        return re.sub(r"\{[^}]*\}", "{}", self.path), self.method

    @property
    def id(self) -> str | None:
        found = self.spot[1].get("operationId")
        return found if isinstance(found, str) else None

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"


def operations_of(document: Document, paths: Spot) -> dict[Key, Operation]:
    """The operations below some paths, by path and method."""
    found: dict[Key, Operation] = {}
    for path, value in paths[1].items():
        item = follow(document, below(paths[0], path), value)
        for method in _METHODS:
            if method in item[1]:
                spot = below(item[0], method), mapping(item[1][method])
                one = Operation(path, method, spot, item)
                found[one.key] = one
    return found


class Operations:
    """Compares operations, those of webhooks and callbacks too."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.security = Security(context)

    def compare(self, old: Spot, new: Spot, *, reverse: bool = False) -> None:
        """Compare all operations below two sets of paths."""
        before = operations_of(self.context.old, old)
        after = operations_of(self.context.new, new)
        gone = {key: one for key, one in before.items() if key not in after}
        come = {key: one for key, one in after.items() if key not in before}
        for was, now in list(_moved(gone, come)):
            del gone[was.key], come[now.key]
            place = Callers(now.name, reverse).writes("call")
            self.context.tell(
                "operation-moved", place, now.spot[0], was.name, now.name, was.name
            )
            self._compare(was, now, reverse=reverse)
        for one in gone.values():
            place = Callers(one.name, reverse).writes("call")
            self.context.tell("operation-removed", place, one.spot[0], one.name, None)
        for one in come.values():
            place = Callers(one.name, reverse).writes("call")
            self.context.tell("operation-added", place, one.spot[0], None, one.name)
        for key, one in after.items():
            if key in before:
                self._compare(before[key], one, reverse=reverse)

    def _compare(self, old: Operation, new: Operation, *, reverse: bool) -> None:
        context, callers = self.context, Callers(new.name, reverse)
        place = callers.writes("call")
        self._compare_names(old, new, callers)
        context.deprecation(old.spot, new.spot, place)
        context.notes(old.spot, new.spot, place, _READ)
        context.notes(old.item, new.item, place, _READ_OF_ITEM)
        for before, after in ((old.spot, new.spot), (old.item, new.item)):
            if "servers" in before[1] or "servers" in after[1]:
                compare_servers(
                    context,
                    before if "servers" in before[1] else ("#", context.old.root),
                    after if "servers" in after[1] else ("#", context.new.root),
                    place,
                )
        self.security.compare(old.spot, new.spot, place)
        compare_parameters(
            context,
            callers,
            parameters_of(context.old, old.item, old.spot, old.path),
            parameters_of(context.new, new.item, new.spot, new.path),
        )
        bodies = _body(context.old, old.spot), _body(context.new, new.spot)
        compare_body(context, callers, *bodies)
        compare_responses(context, callers, old.spot, new.spot)
        self._compare_callbacks(old.spot, new.spot, reverse=reverse)

    def _compare_names(self, old: Operation, new: Operation, callers: Callers) -> None:
        context, place = self.context, callers.writes("call")
        where = below(new.spot[0], "operationId")
        if old.id != new.id and old.id is None:
            context.tell("operation-id-added", place, where, None, new.id)
        elif old.id != new.id:
            context.tell(
                "operation-id-changed", place, where, old.id, new.id, str(old.id)
            )
        tags = sequence(old.spot[1].get("tags")), sequence(new.spot[1].get("tags"))
        if sorted(map(str, tags[0])) != sorted(map(str, tags[1])):
            where = below(new.spot[0], "tags")
            # The client has a place for each tag: client.completions.create.
            kind = "client-name-changed" if context.has_client else "note-changed"
            told = f"client.{tags[0][0]}" if tags[0] and context.has_client else "tags"
            context.tell(kind, place, where, *tags, told)

    def _compare_callbacks(self, old: Spot, new: Spot, *, reverse: bool) -> None:
        names = mapping(old[1].get("callbacks")), mapping(new[1].get("callbacks"))
        for name in dict.fromkeys((*names[0], *names[1])):
            spots = [
                follow(document, below(spot[0], "callbacks", name), found.get(name, {}))
                for document, spot, found in zip(
                    (self.context.old, self.context.new), (old, new), names, strict=True
                )
            ]
            self.compare(spots[0], spots[1], reverse=not reverse)


def _body(document: Document, spot: Spot) -> Spot | None:
    if "requestBody" not in spot[1]:
        return None
    return follow(document, below(spot[0], "requestBody"), spot[1]["requestBody"])


def _moved(
    gone: dict[Key, Operation], come: dict[Key, Operation]
) -> Iterator[tuple[Operation, Operation]]:
    """Find operations of one id under another path or method."""
    for now in come.values():
        for was in gone.values():
            if was.id is not None and was.id == now.id:
                yield was, now
