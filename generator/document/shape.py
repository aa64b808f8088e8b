"""Walks a document along the grammar, and stops at the first part that is not in it.

Every module that comes after this one relies on the shape of what it reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from document.grammar import EXTENSIONS, PARTS, unsupported
from document.kinds import Each, Kind, Leaf, Many, Part
from document.loading import Document, below

_BESIDE_REFERENCE = {"$ref", "summary", "description"}


class Node(NamedTuple):
    """A part of the document: where, of which kind, and its value."""

    pointer: str
    kind: str
    value: dict[str, Any]


def nodes(document: Document) -> Iterator[Node]:
    """Yield every part of a document from the top down, once seen to be in shape.

    Raises:
        DocumentError: A part is not what the grammar says.
    """
    yield from _part(document, "#", "document", document.data)


def _of_kind(
    document: Document, pointer: str, kind: Kind, value: Any
) -> Iterator[Node]:
    if isinstance(kind, tuple) and not isinstance(kind, (Leaf, Each, Many)):
        leaf, name = kind
        kind = leaf if leaf.fits(value) else name
    if isinstance(kind, Leaf):
        if not kind.fits(value):
            raise document.error(pointer, f"must be {kind.words}, and is {_is(value)}")
    elif isinstance(kind, Many):
        yield from _many(document, pointer, kind, value)
    elif isinstance(kind, Each):
        yield from _each(document, pointer, kind, value)
    else:
        yield from _part(document, pointer, kind, value)


def _many(document: Document, pointer: str, kind: Many, value: Any) -> Iterator[Node]:
    if not isinstance(value, list):
        raise document.error(pointer, f"must be a list, and is {_is(value)}")
    if len(value) < kind.least:
        raise document.error(pointer, "must not be empty")
    for index, item in enumerate(value):
        yield from _of_kind(document, below(pointer, index), kind.kind, item)


def _each(document: Document, pointer: str, kind: Each, value: Any) -> Iterator[Node]:
    for key, member in _mapping(document, pointer, value).items():
        here = below(pointer, key)
        if kind.names is not None and not kind.names.fits(key):
            raise document.error(here, f"the key must be {kind.names.words}")
        yield from _of_kind(document, here, kind.kind, member)


def _part(document: Document, pointer: str, name: str, value: Any) -> Iterator[Node]:
    part, mapping = PARTS[name], _mapping(document, pointer, value)
    if part.place is not None and "$ref" in mapping:
        _check_reference(document, pointer, name, mapping)
    else:
        for key in part.required:
            if key not in mapping:
                raise document.error(pointer, f"{key!r} is missing")
    yield Node(pointer, name, mapping)
    for key, member in mapping.items():
        here = below(pointer, key)
        if key in part.keys and not (name == "schema" and unsupported(key)):
            yield from _of_kind(document, here, part.keys[key], member)
        elif key != "$ref" or part.place is None:
            _refuse(document, here, key, part, name)


def _refuse(document: Document, here: str, key: str, part: Part, name: str) -> None:
    """Refuse a key that the grammar has no kind for, unless it is someone else's."""
    if key in part.refused:
        raise document.error(here, part.refused[key])
    if key.startswith("x-") and not name.startswith("x-"):
        _refuse_extension(document, here, key)
        return
    if name == "schema":
        raise document.error(here, "the client cannot honour this keyword")
    known = ", ".join(sorted(part.keys))
    raise document.error(here, f"no such key in {name!r}; there are {known}")


def _refuse_extension(document: Document, here: str, key: str) -> None:
    if not key.startswith("x-contract-"):
        return
    known = sorted(EXTENSIONS)
    if key in EXTENSIONS:
        raise document.error(here, "this extension means nothing here")
    reason = f"no such extension; there are {', '.join(known)}"
    raise document.error(here, reason)


def _check_reference(
    document: Document, pointer: str, name: str, mapping: dict[str, Any]
) -> None:
    here, reference = below(pointer, "$ref"), mapping["$ref"]
    if not isinstance(reference, str) or not reference.startswith("#"):
        reason = f"{reference!r} points outside of this document: bring it in"
        raise document.error(here, reason)
    try:
        document.resolve(reference)
    except (KeyError, IndexError, ValueError, TypeError):
        raise document.error(here, f"{reference!r} points to nothing") from None
    place = f"#/components/{PARTS[name].place}/"
    if not reference.startswith(place) or "/" in reference.removeprefix(place):
        raise document.error(here, f"{reference!r} must be one of {place}…")
    for key in mapping.keys() - _BESIDE_REFERENCE if name != "schema" else ():
        raise document.error(below(pointer, key), "nothing but $ref is read here")
    document.followed(mapping, pointer)


def _mapping(document: Document, pointer: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise document.error(pointer, f"must be a mapping, and is {_is(value)}")
    return value


def _is(value: Any) -> str:
    """Name a value for an error, shortened."""
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
