"""How clauses ask for what must be taken: values of many parameters in one request.

A server that takes a request takes all that is in it. So good values are sent
together, one of each parameter, and alone only where together they are refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ._bench import Bench
from ._document import COMPLETE, MESSAGES
from ._expectations import accepted, spell
from .requests.budget import BUSY
from .requests.exchange import Exchange

GOOD: dict[str, dict[str, list[Any]]] = {COMPLETE: {}, MESSAGES: {}}


def good(field: str, *values: Any, path: str = COMPLETE) -> tuple[Any, ...]:
    """Register values of a parameter that every server takes, and return them."""
    GOOD[path].setdefault(field, []).extend(values)
    return values


def takes(
    bench: Bench, field: str, values: Iterable[Any], path: str = COMPLETE
) -> None:
    """Expect each registered value of a parameter to be accepted."""
    for value in values:
        accepted(_ask(bench, path, field, value), spell(field, value))


def _ask(bench: Bench, path: str, field: str, value: Any) -> Exchange:
    known = GOOD[path]
    row = known[field].index(value)
    others = {name: known[name][row] for name in known if row < len(known[name])}
    body = bench.body if path == COMPLETE else bench.message_body
    together = bench.post(body(**others), path=path)
    # A busy server would be so alone as well.
    if together.status == 200 or together.status in BUSY:
        return together
    return bench.post(body(**{field: value}), path=path)
