"""Requests with one value of a wrong JSON type, made from the contract's schemas.

Every place of a good body is tried with every JSON type. What the contract allows is
left out, and in a quick run what careless servers hardly ever accept.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ._bench import Bench
from ._contract import COMPLETE, SCHEMAS
from ._expectations import refused
from ._strict_json import as_list, as_object

Place: TypeAlias = tuple[str | int, ...]
IsGood: TypeAlias = Callable[[Mapping[str, Any]], bool]

TEXT_BLOCK: Final = {"type": "text", "text": "Hello, Claude"}
# Good values with more places in them than the document's examples have.
VALUES: Final[dict[str, Any]] = {
    "stream": True,
    "stop_sequences": ["###", "---"],
    "messages": [{"role": "user", "content": [TEXT_BLOCK]}],
}


class Reach(enum.IntEnum):
    """How far to go: wrong values that careless servers take, may take, hardly take."""

    LIKELY = 1
    POSSIBLE = 2
    EVERY = 3


@dataclass(frozen=True)
class Mistyped:
    """A body with one wrong value, and the place where it stands."""

    place: Place
    value: Any
    body: Mapping[str, Any]

    def __str__(self) -> str:
        first, *others = map(str, self.place)
        return f"{first}{''.join(f'[{part}]' for part in others)}: " + json.dumps(
            self.value
        )


def refuses_mistyped(bench: Bench, name: str, path: str = COMPLETE) -> None:
    """Expect a parameter to be refused with a value of another type, at any depth.

    A server may check JSON responses and streams, or the two versions, in different
    places. So the requests take turns in their form; in `full` each is sent in every
    form.
    """
    is_full = bench.settings.profile == "full"
    forms = list(_forms(bench, name))
    for turn, item in enumerate(_mistyped_bodies(bench, name, path)):
        one = turn % len(forms)
        for members, headers, description in forms if is_full else forms[one : one + 1]:
            body = {**item.body, **members}
            exchange = bench.post(body, path=path, headers=headers)
            refused(exchange, f"{item}{description}")


def _forms(
    bench: Bench, name: str
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, str], str]]:
    """Members and headers that give a request its form, and a description."""
    yield {}, bench.headers(), ""
    if name != "stream":
        yield {"stream": True}, bench.headers(), ", `stream: true`"
    for version in bench.versions:
        if version != bench.version:
            yield {}, bench.headers(anthropic_version=version), f", under {version}"


def _mistyped_bodies(bench: Bench, name: str, path: str) -> list[Mistyped]:
    def is_good(body: Mapping[str, Any]) -> bool:
        return bench.contract.problem(SCHEMAS[path], body) is None

    body = bench.body(path)
    if name in VALUES:
        body[name] = VALUES[name]
    elif name not in body:
        body[name] = _example(bench, path, name)
    reach = Reach.POSSIBLE if path == COMPLETE else Reach.LIKELY
    is_full = bench.settings.profile == "full"
    return mistyped(body, name, is_good, Reach.EVERY if is_full else reach)


def _example(bench: Bench, path: str, name: str) -> Any:
    keys = SCHEMAS[path].split("/")[1:]
    _, examples = bench.contract.find(*keys, "properties", name, "examples")
    return next(iter(as_list(examples)), None)


def mistyped(
    body: Mapping[str, Any], name: str, is_good: IsGood, reach: Reach = Reach.EVERY
) -> list[Mistyped]:
    """Every body that differs from a good one by a value of another JSON type.

    Args:
        body: A good body.
        name: The member in which one value is wrong, at any depth.
        is_good: Whether the contract allows a body.
        reach: How far to go.
    """
    found: list[Mistyped] = []
    for place, value in _places(body[name], (name,)):
        # Where only some texts are allowed, another type is an unlikely mistake.
        is_open = not isinstance(value, str) or is_good(_with(body, place, f"{value}?"))
        floor = Reach.LIKELY if is_open else Reach.POSSIBLE
        for other, needed in _other_types(value, in_list=isinstance(place[-1], int)):
            if max(needed, floor) <= reach:
                found.append(Mistyped(place, other, _with(body, place, other)))
    return [item for item in found if not is_good(item.body)]


def _places(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    """A value and every value within; of a list only the last element.

    The last, because a careless server checks only the first.
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
        return [changed if at == head else item for at, item in enumerate(value)]
    return {**value, head: changed}


def _other_types(value: Any, *, in_list: bool) -> Iterator[tuple[Any, Reach]]:
    """A value of each other JSON type, as similar as can be, and its reach."""
    kinds = (name for name, known in TYPES.items() if isinstance(value, known))
    kind = next(kinds, "null")
    for other, make in SIMILAR.items():
        # A whole number is a number, so it is not wrong for a fraction.
        if other == kind or (kind, other) == ("fraction", "integer"):
            continue
        # Nobody writes null for an element that is absent.
        if other in LIKELY[kind] and not (in_list and other == "null"):
            yield make(value), Reach.LIKELY
        else:
            is_far = other in UNLIKELY[kind]
            yield make(value), Reach.EVERY if is_far else Reach.POSSIBLE


def _as_text(value: Any) -> str:
    elements = as_list(value)
    is_texts = bool(elements) and isinstance(elements[0], str)
    return elements[0] if is_texts else json.dumps(value)


def _as_object(value: Any) -> dict[str, Any]:
    return {"0": value[0]} if isinstance(value, list) and value else {"value": value}


# bool stands before int, because in Python a bool is an int.
TYPES: Final[dict[str, type]] = {
    "boolean": bool,
    "integer": int,
    "fraction": float,
    "string": str,
    "array": list,
    "object": dict,
}
SIMILAR: Final[dict[str, Callable[[Any], Any]]] = {
    "null": lambda _: None,
    "boolean": lambda _: True,
    "integer": lambda value: 1 if isinstance(value, bool) else 5,
    "fraction": lambda _: 1.5,
    "string": _as_text,
    "array": lambda value: [value],
    "object": _as_object,
}
# Careless servers take null for absent, a number as text, text as a number, and one
# value for a list of one. Hardly any server makes an object of another value.
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
