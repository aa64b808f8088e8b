"""Requests with one value of a wrong JSON type, made from the contract's schemas.

Every place of a good body is tried with every JSON type; what the contract allows is
left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ._bench import Bench
from ._contract import COMPLETE
from ._expectations import refused, request_forms
from ._strict_json import as_list, as_object

Place: TypeAlias = tuple[str | int, ...]
IsGood: TypeAlias = Callable[[Mapping[str, Any]], bool]

TEXT_BLOCK: Final = {"type": "text", "text": "Hello, Claude"}
# Good values where the document has no example, or one with fewer places.
VALUES: Final[dict[str, Any]] = {
    "stream": True,
    "top_p": 0.9,
    "system": "You are terse.",
    "stop_sequences": ["###", "---"],
    "messages": [{"role": "user", "content": [TEXT_BLOCK]}],
}


@dataclass(frozen=True)
class Mistyped:
    """A body with one wrong value, and the place where it stands."""

    place: Place
    value: Any
    body: Mapping[str, Any]

    def __str__(self) -> str:
        first, *others = map(str, self.place)
        name = first + "".join(f"[{part}]" for part in others)
        return f"{name}: {json.dumps(self.value)}"


def refuses_mistyped(bench: Bench, name: str, path: str = COMPLETE) -> None:
    """Expect a parameter to be refused with a value of another type, at any depth.

    The requests take turns in their form; in `full` each is sent in every form.
    """
    is_full = bench.settings.profile == "full"
    forms = request_forms(bench, name)
    for turn, item in enumerate(_mistyped_bodies(bench, name, path)):
        one = turn % len(forms)
        for members, headers, description in forms if is_full else forms[one : one + 1]:
            body = {**item.body, **members}
            exchange = bench.post(body, path=path, headers=headers)
            refused(exchange, f"{item}{description}")


def _mistyped_bodies(bench: Bench, name: str, path: str) -> list[Mistyped]:
    pointer, _ = bench.contract.request_schema(path)

    def is_good(body: Mapping[str, Any]) -> bool:
        return bench.contract.problem(pointer, body) is None

    body = bench.body(path)
    if name in VALUES:
        body[name] = VALUES[name]
    elif name not in body:
        _, examples = bench.contract.request_schema(
            path, "properties", name, "examples"
        )
        body[name] = next(iter(as_list(examples)), None)
    return mistyped(body, name, is_good)


def mistyped(body: Mapping[str, Any], name: str, is_good: IsGood) -> list[Mistyped]:
    """Every body that differs from a good one by a value of another JSON type.

    Args:
        body: A good body.
        name: The member in which one value is wrong, at any depth.
        is_good: Whether the contract allows a body.
    """
    bodies = [
        Mistyped(place, other, _with(body, place, other))
        for place, value in _places(body[name], (name,))
        for other in _other_types(value)
    ]
    return [item for item in bodies if not is_good(item.body)]


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


def _other_types(value: Any) -> Iterator[Any]:
    """A value of each other JSON type, as similar as can be.

    A fraction stands only in place of an integer, and an object not in place of a
    number or a boolean: a server that accepts those accepts an integer or an array.
    """
    kinds = (name for name, known in TYPES.items() if isinstance(value, known))
    kind = next(kinds, "null")
    for other, make in SIMILAR.items():
        if other not in {kind, *UNTRIED.get(kind, ("fraction",))}:
            yield make(value)


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
# Other types that are not tried in place of a type. A whole number is a number, so it
# is not wrong for a fraction.
UNTRIED: Final[dict[str, tuple[str, ...]]] = {
    "boolean": ("fraction", "object"),
    "integer": ("object",),
    "fraction": ("integer", "object"),
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
