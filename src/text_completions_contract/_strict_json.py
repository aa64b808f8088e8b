"""JSON read strictly: UTF-8 alone, no NaN, no key twice (RFC 8259, RFC 7493)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, cast


class NotStrictJson(ValueError):
    """What is wrong with a JSON text, in a phrase."""


def read_json(text: bytes | str) -> Any:
    """Read a JSON text, or raise `NotStrictJson`."""
    try:
        decoded = text if isinstance(text, str) else text.decode("utf-8")
        value = json.loads(
            decoded, object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except NotStrictJson:
        raise
    except UnicodeDecodeError as error:
        raise NotStrictJson(f"no UTF-8 at byte {error.start}") from error
    except RecursionError as error:
        raise NotStrictJson("nested too deep to be read") from error
    except ValueError as error:
        raise NotStrictJson(f"no JSON: {error}") from error
    _refuse_surrogates(value)
    return value


def as_object(value: object) -> Mapping[str, Any] | None:
    """The value if it is a JSON object."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[Any]:
    """The value if it is a JSON array, else an empty one."""
    return list(cast("Iterable[Any]", value)) if isinstance(value, list) else []


def as_text(value: object) -> str | None:
    """The value if it is a string."""
    return value if isinstance(value, str) else None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise NotStrictJson(f"the key {key!r} twice in one object")
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise NotStrictJson(f"{name} is no JSON value")


def _refuse_surrogates(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotStrictJson("half a surrogate pair in a string") from error
