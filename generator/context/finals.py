"""How a stream adds up to the whole answer: read, checked and written as code."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from document.loading import Document, below, pointer_steps
from document.pointers import leads_somewhere

_NAMED_STEP = re.compile(r"{(\w+)}")


class FinalView(NamedTuple):
    """The method that returns the whole answer of a stream, and what it adds up.

    Attributes:
        name: The method is `get_final_` and this.
        model: The class of the answer.
        parts: What each event adds, as code.
    """

    name: str
    model: str
    parts: list[str]


def final_view(
    document: Document,
    said: dict[str, Any],
    payloads: dict[str, str],
    answer: tuple[str, str] | None,
    pointer: str,
) -> FinalView:
    """Return how a stream adds up.

    Args:
        document: The document.
        said: What `x-contract-stream` says under `final`.
        payloads: The schemas of the payloads by the names of the events.
        answer: The class of the JSON answer, and the reference to its schema.
        pointer: Where it is said.

    Raises:
        DocumentError: An event or a member that it speaks of is not there.
    """
    if answer is None:
        reason = "there is no JSON object that the events could add up to"
        raise document.error(pointer, reason)
    model, schema = answer
    parts: list[str] = []
    for index, part in enumerate(said["parts"]):
        here = below(f"{pointer}/parts", index)
        if part["event"] not in payloads:
            reason = f"there is no event {part['event']!r}"
            raise document.error(below(here, "event"), reason)
        _check_members(document, part, payloads[part["event"]], schema, here)
        parts.append(_part(part))
    return FinalView(said["name"], model, parts)


def _check_members(
    document: Document, part: dict[str, Any], payload: str, schema: str, here: str
) -> None:
    source, target = part.get("from", ""), part.get("to", "")
    how = part.get("how", "merge")
    if how != "merge" and not target:
        reason = f"to {how} something needs a place in the answer"
        raise document.error(below(here, "how"), reason)
    if source and not leads_somewhere(document, payload, source):
        reason = f"{source!r} leads to no member of {payload}"
        raise document.error(below(here, "from"), reason)
    if target and not leads_somewhere(document, schema, target):
        reason = f"{target!r} leads to no member of {schema}"
        raise document.error(below(here, "to"), reason)
    for name in _NAMED_STEP.findall(target):
        if not leads_somewhere(document, payload, f"/{name}"):
            reason = f"{name!r} is no member of {payload}"
            raise document.error(below(here, "to"), reason)


def _part(part: dict[str, Any]) -> str:
    source = tuple(pointer_steps(part.get("from", "")))
    target = ", ".join(_step(step) for step in pointer_steps(part.get("to", "")))
    how = part.get("how", "merge")
    closed = f"({target},)" if target else "()"
    return f"AccumulationStep({part['event']!r}, {source!r}, {closed}, {how!r})"


def _step(step: str) -> str:
    named = _NAMED_STEP.fullmatch(step)
    return f"Member({named[1]!r})" if named else repr(step)
