"""How clauses ask for what must be taken: values of many parameters in one request.

A server that takes a request takes all that is in it. So good values are sent
together, one of each parameter, and alone only where together they are refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._bench import Bench
from .._exchange import Exchange
from ._asking import accepted, spell

GOOD: dict[str, list[Any]] = {}


def good(field: str, *values: Any) -> tuple[Any, ...]:
    """Register values of a parameter that every server takes, and return them."""
    GOOD.setdefault(field, []).extend(values)
    return values


def takes(bench: Bench, field: str, values: Iterable[Any]) -> None:
    """Expect each registered value of a parameter to be accepted."""
    for value in values:
        accepted(_ask(bench, field, value), spell(field, value))


def _ask(bench: Bench, field: str, value: Any) -> Exchange:
    row = GOOD[field].index(value)
    others = {name: GOOD[name][row] for name in GOOD if row < len(GOOD[name])}
    together = bench.post(bench.body(**others))
    # What is busy or broken would be so alone as well.
    if together.status == 400:
        return bench.post(bench.body(**{field: value}))
    return together
