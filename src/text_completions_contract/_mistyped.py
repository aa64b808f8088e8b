"""Bodies with one value of a wrong JSON type each, made from the document's schema.

Every place of a good value is tried with every JSON type; what the document allows is
left out.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ._strict_json import as_list, as_object

Place: TypeAlias = tuple[str | int, ...]


class Likelihood(enum.IntEnum):
    """How likely a careless server is to take a wrong value for a good one."""

    MISTAKEN = 1
    CONVERTED = 2
    FAR_OFF = 3


@dataclass(frozen=True)
class Mistyped:
    """A body with one wrong value.

    Args:
        place: Where the value stands in the body.
        value: The value.
        body: The whole body.
    """

    place: Place
    value: Any
    body: Mapping[str, Any]

    def __str__(self) -> str:
        name = str(self.place[0]) + "".join(f"[{part!r}]" for part in self.place[1:])
        return f"{name}: {json.dumps(self.value)}"


def mistyped(
    body: Mapping[str, Any],
    name: str,
    is_good: Callable[[Mapping[str, Any]], bool],
    reach: Likelihood = Likelihood.FAR_OFF,
) -> list[Mistyped]:
    """Every body that differs from a good one by a value of another JSON type.

    Args:
        body: A good body.
        name: The member in which something is wrong, at any depth; only places that
            it has are tried.
        is_good: Whether the document allows a body.
        reach: What is less likely to be taken than this is left out.
    """
    found: list[Mistyped] = []
    for place, good in _places(body[name], (name,)):
        # Where only some texts are allowed, another type is no likely mistake.
        is_open = not isinstance(good, str) or is_good(_with(body, place, f"{good}?"))
        floor = Likelihood.MISTAKEN if is_open else Likelihood.CONVERTED
        for value, likelihood in _others(good, of_list=isinstance(place[-1], int)):
            if max(likelihood, floor) <= reach:
                found.append(Mistyped(place, value, _with(body, place, value)))
    return [item for item in found if not is_good(item.body)]


def _places(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    """A value and every one within; of a list the last element speaks for all.

    The last, for a careless server looks at the first alone.
    """
    yield place, value
    for name, member in (as_object(value) or {}).items():
        yield from _places(member, (*place, name))
    elements = as_list(value)
    if elements:
        yield from _places(elements[-1], (*place, len(elements) - 1))


def _with(value: Any, place: Place, new: Any) -> Any:
    if not place:
        return new
    head, *rest = place
    changed = _with(value[head], tuple(rest), new)
    if isinstance(head, int):
        elements = enumerate(as_list(value))
        return [changed if at == head else item for at, item in elements]
    return {**value, head: changed}


def _kind(value: Any) -> str:
    """The JSON type of a value; a whole number and a broken one are told apart."""
    for kind, types in TYPES.items():
        if isinstance(value, types):
            return kind
    return "null"


def _others(good: Any, *, of_list: bool) -> Iterator[tuple[Any, Likelihood]]:
    """A value of each other JSON type, as like the good one as can be."""
    kind = _kind(good)
    for other, make in LIKENESSES.items():
        # A whole number is a number: the good value itself stands for it.
        if other != kind and (kind, other) != ("fraction", "integer"):
            yield make(good), _likelihood(kind, other, of_list=of_list)


def _likelihood(kind: str, other: str, *, of_list: bool) -> Likelihood:
    # Nobody writes null for an element that is absent.
    if other in LIKELY[kind] and not (of_list and other == "null"):
        return Likelihood.MISTAKEN
    return Likelihood.FAR_OFF if other in UNLIKELY[kind] else Likelihood.CONVERTED


def _as_text(good: Any) -> str:
    elements = as_list(good)
    if elements and isinstance(elements[0], str):
        return elements[0]
    return json.dumps(good)


def _as_object(good: Any) -> dict[str, Any]:
    return {"0": good[0]} if isinstance(good, list) and good else {"value": good}


# A boolean before the numbers: to Python it is one of them.
TYPES: Final[dict[str, type]] = {
    "boolean": bool,
    "integer": int,
    "fraction": float,
    "string": str,
    "array": list,
    "object": dict,
}
LIKENESSES: Final[dict[str, Callable[[Any], Any]]] = {
    "null": lambda _: None,
    "boolean": lambda _: True,
    "integer": lambda good: 1 if isinstance(good, bool) else 5,
    "fraction": lambda _: 1.5,
    "string": _as_text,
    "array": lambda good: [good],
    "object": _as_object,
}
# Careless are: null for absent, a number as text, text as a number, one for a list of
# one. Hardly any reader makes an object of what is none.
LIKELY: Final = {
    "string": ("null", "integer"),
    "integer": ("null", "string", "fraction"),
    "fraction": ("null", "string"),
    "boolean": ("null", "string", "integer"),
    "array": ("null", "string"),
    "object": ("null", "string"),
    "null": ("string",),
}
UNLIKELY: Final = {
    "string": ("fraction", "boolean"),
    "integer": ("object",),
    "fraction": ("object",),
    "boolean": ("fraction", "object"),
    "array": ("fraction", "boolean"),
    "object": ("fraction", "boolean", "integer"),
    "null": ("fraction",),
}
