"""Reads JSON strictly: UTF-8, no NaN, no key twice (RFC 8259, RFC 7493)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn, cast


class NotStrictJson(ValueError):
    """The text is not strict JSON; the message is a phrase such as `NaN`."""


def read_json(text: bytes | str) -> Any:
    """Read a JSON text; raises `NotStrictJson`."""
    try:
        decoded = text if isinstance(text, str) else text.decode("utf-8")
        if decoded.startswith("\ufeff"):
            raise NotStrictJson("a byte order mark before the JSON")
        value = json.loads(
            decoded, object_pairs_hook=_unique, parse_constant=_no_constant
        )
        # Encoding fails where a string has half of a surrogate pair.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except NotStrictJson:
        raise
    except UnicodeDecodeError as error:
        raise NotStrictJson(f"bytes that are not UTF-8, at {error.start}") from error
    except UnicodeEncodeError as error:
        raise NotStrictJson("half a surrogate pair in a string") from error
    except RecursionError as error:
        raise NotStrictJson("JSON nested too deep to be read") from error
    except ValueError as error:
        raise NotStrictJson(f"invalid JSON: {error}") from error
    return value


def members_of(text: bytes | str) -> dict[str, Any]:
    """The members of a JSON object; empty where the text is not one."""
    try:
        return dict(as_object(read_json(text)) or {})
    except NotStrictJson:
        return {}


def as_object(value: object) -> Mapping[str, Any] | None:
    """The value if it is a JSON object."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else None


def as_text(value: object) -> str | None:
    """The value if it is a string."""
    return value if isinstance(value, str) else None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotStrictJson(f"the key {shown(twice)} twice in one object")
    return members


def _no_constant(name: str) -> NoReturn:
    raise NotStrictJson(f"{name}, which is not JSON")


def difference(one: str, other: str) -> str:
    """Where two texts differ, for messages: what each has from there on."""
    pairs = enumerate(zip(one, other, strict=False))
    shorter = min(len(one), len(other))
    at = next((at for at, (a, b) in pairs if a != b), shorter)
    return (
        f"from character {at} on {shown(one[at : at + 30])} instead of "
        f"{shown(other[at : at + 30])}"
    )


def shown(value: object) -> str:
    """A value as JSON writes it, shortened, for messages."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:40]} … {text[-30:]}"
