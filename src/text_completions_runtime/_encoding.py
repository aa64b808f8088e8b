"""Write Python values as JSON and in the other parts of a request; read JSON. Pure."""

from __future__ import annotations

import datetime
import enum
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NoReturn, TypeAlias, TypeGuard
from urllib.parse import quote, urlencode

import httpx

from ._models import Model
from ._spec import Parameter
from ._types import (
    NotGiven,
    Null,
    Omit,
    is_array,
    is_mapping,
    is_object,
    omit,
    require_mapping,
)

_MOST_BITS = 12_000  # of an integer: Python writes at most 4300 digits

# Made once, because `json.dumps` makes an encoder for each call.
_compact = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False
).encode


class EncodingError(ValueError):
    """A value cannot be written as JSON.

    Attributes:
        path: Where the value is within the value that was encoded.
        value: The value.
        reason: What is wrong with it, to follow its name in a sentence.
    """

    def __init__(self, value: object, reason: str) -> None:
        super().__init__(reason)
        self.path: tuple[str | int, ...] = ()
        self.value = value
        self.reason = reason


def encode(value: Any) -> Any:
    """Return a value as plain JSON data. The value itself is not changed.

    A Sequence becomes an array, except str and bytes, and a Mapping becomes an object.
    Dates and times are written as RFC 3339 says, UUIDs and enumerations as text,
    models of pydantic as what was set of them.
    Members that are `omit` or `not_given` are left out.

    Raises:
        EncodingError: The value, or one within it, cannot be written as JSON.
    """
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        if value.bit_length() > _MOST_BITS:
            raise EncodingError(value, "has too many digits")
        return value.value if isinstance(value, enum.Enum) else value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise EncodingError(value, "is not a finite number")
        return value
    if isinstance(value, Model):
        return encode(value.to_dict())
    if is_mapping(value):
        return _object(value)
    if _is_sequence(value):
        return _array(value)
    return _scalar(value)


def parse_json(text: str | bytes, *, strict: bool = False) -> Any:
    """Decode JSON text.

    Raises:
        ValueError: The text is not JSON, or is nested too deeply to be read. NaN and
            Infinity, which JSON does not have, are read unless `strict`.
    """
    try:
        return json.loads(text, parse_constant=refuse_constant if strict else None)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def refuse_constant(name: str) -> NoReturn:
    """Refuse a number that only Python writes (RFC 8259, section 6)."""
    raise ValueError(f"{name} is not a number of JSON")


def _text(value: str) -> str:
    text: str = value.value if isinstance(value, enum.Enum) else value
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise EncodingError(value, "is not valid Unicode text") from None
    return text


def _is_sequence(value: Any) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, Sequence) and not isinstance(
        value, (bytes, bytearray, memoryview)
    )


def _object(value: Mapping[Any, Any]) -> dict[str, Any]:
    encoded: dict[str, Any] = {}
    for key, member in value.items():
        if not isinstance(key, str):
            raise EncodingError(value, f"has the key {key!r}, which is not a string")
        if not isinstance(member, (NotGiven, Omit)):
            name = _text(key)
            try:
                encoded[name] = encode(member)
            except EncodingError as error:
                error.path = (key, *error.path)
                raise
    return encoded


def _array(value: Iterable[Any]) -> list[Any]:
    encoded: list[Any] = Repeated() if isinstance(value, Repeated) else []
    for index, item in enumerate(value):
        try:
            encoded.append(encode(item))
        except EncodingError as error:
            error.path = (index, *error.path)
            raise
    return encoded


def _scalar(value: Any) -> Any:
    dump = getattr(value.__class__, "model_dump", None)  # of a model of pydantic
    if isinstance(value, Null):
        return None
    if isinstance(value, enum.Enum):
        return encode(value.value)
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if dump is not None:
        return encode(dump(value, mode="json", by_alias=True, exclude_unset=True))
    import uuid  # here, because importing the client must not import it

    if isinstance(value, uuid.UUID):
        return str(value)
    raise EncodingError(value, f"is of type {type(value).__name__}, which is not JSON")


# Outside of a JSON body

Sent: TypeAlias = list[tuple[Parameter, Any]]
"""The parameters that a request has, with their values as plain JSON data."""

QueryPairs: TypeAlias = list[tuple[str, str]]
"""The pairs of name and text that write one parameter of a query."""

_COOKIE_SAFE = "!#$&'()*+-./:<=>?@[]^_`{|}~"  # RFC 6265, 4.1.1, without the percent
_FORM = "application/x-www-form-urlencoded"


def content_of(body: Any, media_type: str) -> bytes | None:
    """Write a body: an object as a form if that is its type, other data as JSON.

    `omit` is no body, and bytes are a body that was written before.
    """
    if body is omit:
        return None
    if isinstance(body, bytes):
        return body
    if media_type != _FORM or not is_object(body):
        return _compact(body).encode()
    pairs = [
        (name, _word(item))
        for name, member in body.items()
        for item in (member if is_array(member) else [member])
    ]
    return urlencode(pairs).encode()


def absolute_url(base_url: httpx.URL, path: str) -> str:
    """Return the URL of a path, which goes below the path of the base URL."""
    return f"{str(base_url).rstrip('/')}/{path.lstrip('/')}"


def place(
    template: str, sent: Sent
) -> tuple[str, dict[str, QueryPairs], dict[str, str | Omit]]:
    """Write parameters where they go: in the path, the query, headers or cookies.

    Returns:
        The path, the pairs of the query by parameter, and the headers.
    """
    path = template
    query: dict[str, QueryPairs] = {}
    headers: dict[str, str | Omit] = {}
    cookies: list[str] = []
    for parameter, value in sent:
        name = parameter.name
        if parameter.location == "path":
            path = path.replace("{" + name + "}", _segment(value))
        elif parameter.location == "query":
            is_several = is_array(value) and parameter.explode
            words = [_word(item) for item in value] if is_several else [_joined(value)]
            query[name] = [(name, word) for word in words]
        elif parameter.location == "header":
            headers[name] = _joined(value)
        else:
            cookies.append(f"{name}={quote(_joined(value), safe=_COOKIE_SAFE)}")
    if cookies:
        headers["cookie"] = "; ".join(cookies)
    return path, query, headers


def query_of(query: Mapping[str, QueryPairs]) -> str:
    """Write a query with its question mark, or nothing if there are no pairs."""
    pairs = list(chain.from_iterable(query.values()))
    return "?" + urlencode(pairs) if pairs else ""


class Repeated(list[Any]):
    """The values of a query parameter whose name is repeated, without brackets."""


def by_name(values: Any, argument: str) -> dict[Any, Any]:
    """Return a caller's headers or query by name. `httpx.QueryParams` may repeat one.

    Raises:
        TypeError: They are not a mapping.
    """
    if isinstance(values, httpx.QueryParams):
        return {name: Repeated(values.get_list(name)) for name in values}
    return dict(require_mapping(values, argument))


def bracketed(name: str, value: Any) -> QueryPairs:
    """Write a query parameter that the document does not describe.

    Items and members have brackets, as in the official SDK: `a[]=1&a[]=2`, `a[b]=1`.
    """
    if is_object(value):
        inner = [(f"{name}[{key}]", member) for key, member in value.items()]
    elif is_array(value):
        item_name = name if isinstance(value, Repeated) else f"{name}[]"
        inner = [(item_name, item) for item in value]
    else:
        return [(name, _word(value))]
    return [pair for one in inner for pair in bracketed(*one)]


def _segment(value: Any) -> str:
    """Quote a value for a path, dots too if they would lead up the path."""
    text = quote(_joined(value), safe="")
    return text.replace(".", "%2E") if text in (".", "..") else text


def _joined(value: Any) -> str:
    if is_array(value):
        return ",".join(_word(item) for item in value)
    return _word(value)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return _compact(value)
    return "" if value is None else str(value)
