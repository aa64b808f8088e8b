"""Parts of a document that know where they stand, and equality of JSON values."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from text_completions_document import (
    Document,
    Node,
    below,
    is_list,
    is_object,
    mapping,
    sequence,
)

_One = TypeVar("_One")


class Located(NamedTuple):
    """A value and the JSON pointer to it."""

    pointer: str
    value: Any

    @property
    def node(self) -> Node:
        return mapping(self.value)

    def get(self, key: str) -> Any:
        return self.node.get(key)

    def member(self, *keys: str) -> Located:
        """Return what is below these keys; its value is None if it does not exist."""
        value = self.value
        for key in keys:
            value = mapping(value).get(key)
        return Located(below(self.pointer, *keys), value)

    def schema(self, key: str = "schema") -> Located:
        """Return the schema at a key; a missing one allows everything."""
        here = self.member(key)
        return here if key in self.node else Located(here.pointer, True)

    def members(self, key: str) -> dict[str, Located]:
        return {
            name: Located(below(self.pointer, key, name), value)
            for name, value in mapping(self.node.get(key)).items()
        }

    def items(self, key: str) -> list[Located]:
        return [
            Located(below(self.pointer, key, index), value)
            for index, value in enumerate(sequence(self.node.get(key)))
        ]

    def followed(self, document: Document) -> Located:
        """Return what the value's `$ref` leads to, or the value itself."""
        return Located(*document.follow(self.pointer, self.value))


MISSING = Located("", None)
"""The counterpart of a part that only one document has."""


def canonical(value: object) -> str:
    """Return one text for all spellings of a JSON value: 1 and 1.0 are the same."""
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False)


def same(old: object, new: object) -> bool:
    """Tell whether two JSON values are equal; true is not 1, but 1.0 is."""
    if old is new or isinstance(old, str) or isinstance(new, str):
        return old == new
    return canonical(old) == canonical(new)


def same_unordered(old: object, new: object) -> bool:
    """Tell whether two JSON values differ at most in the order of lists."""
    return unordered(old) == unordered(new)


def unambiguous(renamed: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pairs of an old and a new name that are in no other pair.

    If two equal things were removed it is not known which one was renamed.
    """
    old, new = [one for one, _ in renamed], [one for _, one in renamed]
    return [(b, a) for b, a in renamed if old.count(b) == new.count(a) == 1]


def take_pairs(
    old: list[_One], new: list[_One], identity: Callable[[_One], object]
) -> list[tuple[_One, _One]]:
    """Take pairs out of both lists: equal ones first, then those in order."""
    pairs: list[tuple[_One, _One]] = []
    for after in list(new):
        before = next((one for one in old if identity(one) == identity(after)), None)
        if before is not None:
            old.remove(before)
            new.remove(after)
            pairs.append((before, after))
    while old and new:
        pairs.append((old.pop(0), new.pop(0)))
    return pairs


def change_of(old: object, new: object) -> str:
    """Return whether something was added, removed or changed; None is nothing."""
    if old is None or new is None:
        return "added" if old is None else "removed"
    return "changed"


def shown(value: object, width: int = 80) -> str:
    """Return a value as it stands in a sentence, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= width else f"{text[: width - 3]}..."


def unordered(value: object) -> str:
    """Return one text for all orders of the lists in a JSON value."""
    return json.dumps(_plain(value, in_order=False), sort_keys=True)


def _plain(value: object, *, in_order: bool = True) -> object:
    if is_object(value):
        members = mapping(value).items()
        return {str(key): _plain(one, in_order=in_order) for key, one in members}
    if is_list(value):
        items = [_plain(one, in_order=in_order) for one in sequence(value)]
        return items if in_order else sorted(items, key=canonical)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
