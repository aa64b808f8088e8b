"""Single values that keep to a schema: a number, a text."""

from __future__ import annotations

import math
from decimal import Decimal

from ._patterns import text_of
from .app.source import Node

_FORMATS = {
    "date": "2023-06-01",
    "date-time": "2023-06-01T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "P1D",
    "uuid": "13803d75-b4b5-4c3e-b2a2-6f21399b021b",
    "uri": "https://example.com/",
    "uri-reference": "/example",
    "iri": "https://example.com/",
    "email": "someone@example.com",
    "idn-email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "regex": "^.*$",
    "json-pointer": "/example",
    "byte": "dGV4dA==",
}


def sampled_number(node: Node, variant: int, *, whole: bool) -> float:
    """A number between the bounds, and a multiple where one is asked.

    Args:
        node: The schema.
        variant: Another number, another value, where the bounds leave a choice.
        whole: Whether it has to be an integer.
    """
    step = _decimal(node, "multipleOf") or Decimal(1)
    low, high = _bounds(node)
    more = step * variant
    upward = _ceil(low, step) + more if low is not None else more
    downward = _floor(high, step) - more if high is not None else -more
    between = (low + high) / 2 if low is not None and high is not None else upward
    listed = [upward, upward + step, downward, downward - step, between]
    found = next((one for one in listed if _within(one, node)), upward)
    return int(found) if whole and found == int(found) else float(found)


def sampled_text(node: Node, variant: int) -> str:
    """A text of the format, the pattern or the length that is asked.

    Raises:
        NoText: The pattern is not understood.
    """
    kind = str(node.get("format", ""))
    if kind in _FORMATS:
        return _FORMATS[kind]
    if node.get("contentEncoding") in ("base64", "base64url"):
        return _FORMATS["byte"]
    pattern = node.get("pattern")
    text = "text" if pattern is None else text_of(str(pattern), variant)
    if variant and pattern is None:
        text += str(variant)
    least, most = node.get("minLength"), node.get("maxLength")
    if isinstance(least, int) and text:
        text += text[-1] * (least - len(text))
    return text[:most] if isinstance(most, int) and pattern is None else text


def _decimal(node: Node, key: str) -> Decimal | None:
    value = node.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return Decimal(str(value))


def _bounds(node: Node) -> tuple[Decimal | None, Decimal | None]:
    lows = [_decimal(node, "minimum"), _decimal(node, "exclusiveMinimum")]
    highs = [_decimal(node, "maximum"), _decimal(node, "exclusiveMaximum")]
    return (
        max((one for one in lows if one is not None), default=None),
        min((one for one in highs if one is not None), default=None),
    )


def _ceil(value: Decimal, step: Decimal) -> Decimal:
    return math.ceil(value / step) * step


def _floor(value: Decimal, step: Decimal) -> Decimal:
    return math.floor(value / step) * step


def _within(value: Decimal, node: Node) -> bool:
    low, high = _decimal(node, "minimum"), _decimal(node, "maximum")
    above, below = (
        _decimal(node, "exclusiveMinimum"),
        _decimal(node, "exclusiveMaximum"),
    )
    return (
        (low is None or value >= low)
        and (high is None or value <= high)
        and (above is None or value > above)
        and (below is None or value < below)
    )
