"""JSON values and JSON pointers, typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Node = Mapping[str, Any]
"""An object of a document."""


def is_list(value: object) -> bool:
    """Tell whether a JSON value is a list."""
    return isinstance(value, list)


def is_object(value: object) -> bool:
    """Tell whether a JSON value is an object."""
    return isinstance(value, dict)


def mapping(value: Any) -> Node:
    """Return the value if it is an object, else an empty one."""
    return value if is_object(value) else {}


def sequence(value: Any) -> list[Any]:
    """Return the value if it is a list, else an empty one."""
    return value if is_list(value) else []


def below(pointer: str, *keys: object) -> str:
    """Return the pointer to a member: `below("#/paths", "/a", "get")`."""
    parts = (str(key).replace("~", "~0").replace("/", "~1") for key in keys)
    return "/".join((pointer, *parts))


def parts_of(pointer: str) -> list[str]:
    """Return the keys of a pointer: `#/paths/~1a/get` is `paths`, `/a`, `get`."""
    parts = pointer.removeprefix("#").split("/")[1:]
    return [part.replace("~1", "/").replace("~0", "~") for part in parts]
