"""How values are written outside of a JSON body: in a path, a query, a header."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

from ._encoding import to_json
from ._spec import Parameter
from ._types import is_array

__all__ = ["Sent", "form_of", "headers_of", "path_of", "query_of"]

_COOKIE_SAFE = "!#$&'()*+-./:<=>?@[]^_`{|}~"  # RFC 6265, 4.1.1, but for the percent

Sent: TypeAlias = list[tuple[Parameter, Any]]
"""Parameters and their values, as plain JSON data; None is one that is not sent."""


def path_of(template: str, sent: Sent) -> str:
    """Fill the parameters into the path."""
    for parameter, value in sent:
        if parameter.location == "path":
            template = template.replace("{" + parameter.name + "}", _segment(value))
    return template


def query_of(defaults: Mapping[str, Any], sent: Sent, extra: Mapping[str, Any]) -> str:
    """Write the query with its question mark: later layers over earlier ones."""
    layers: dict[str, list[str]] = {}
    for name, value in defaults.items():
        layers[name] = [_joined(value)]
    for parameter, value in sent:
        if parameter.location == "query" and value is not None:
            several = is_array(value) and parameter.explode
            layers[parameter.name] = (
                [_word(one) for one in value] if several else [_joined(value)]
            )
    for name, value in extra.items():
        layers[name] = [_joined(value)]
    return "?" + urlencode(layers, doseq=True) if layers else ""


def headers_of(sent: Sent) -> dict[str, str]:
    """Write the parameters that are headers or cookies."""
    headers = {
        parameter.name: _joined(value)
        for parameter, value in sent
        if parameter.location == "header" and value is not None
    }
    cookies = [
        f"{parameter.name}={quote(_joined(value), safe=_COOKIE_SAFE)}"
        for parameter, value in sent
        if parameter.location == "cookie" and value is not None
    ]
    return headers | ({"cookie": "; ".join(cookies)} if cookies else {})


def form_of(value: Mapping[str, Any]) -> bytes:
    """Write an object as a form."""
    pairs = [
        (name, _word(one))
        for name, member in value.items()
        for one in (member if is_array(member) else [member])
    ]
    return urlencode(pairs).encode()


def _segment(value: Any) -> str:
    """Quote a value; dots alone would be taken for a way up the path."""
    text = quote(_joined(value), safe="")
    return text.replace(".", "%2E") if text in (".", "..") else text


def _joined(value: Any) -> str:
    if is_array(value):
        return ",".join(_word(one) for one in value)
    return _word(value)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return to_json(value).decode()
    return "" if value is None else str(value)
