"""Good and wrong values of parameters, and the clauses that send them.

Wrong JSON types are made from the contract's schemas: every place of a good body is
tried with every JSON type, and what the contract allows is left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from text_completions_document import mapping, sequence

from ._bench import Bench
from ._contract import COMPLETE, MESSAGES, PARAMS
from ._registry import must
from ._responses import accepted, refused
from ._strict_json import shown
from .requests.budget import BUSY

Place: TypeAlias = tuple[str | int, ...]
IsGood: TypeAlias = Callable[[Mapping[str, Any]], bool]
# Members and headers that give a request its form, and a description.
Form: TypeAlias = tuple[Mapping[str, Any], Mapping[str, str], str]
# A body, and what is wrong with it.
WrongBody: TypeAlias = tuple[Mapping[str, Any], str]

TEXT_BLOCK: Final = {"type": "text", "text": "Hello, Claude"}
# Good values of each parameter that clauses send; see `takes`.
GOOD: Final[dict[str, dict[str, list[Any]]]] = {COMPLETE: {}, MESSAGES: {}}
# Good values where the document has no example, or one with fewer places.
EXAMPLES: Final[dict[str, Any]] = {
    "stream": True,
    "top_p": 0.9,
    "system": "You are terse.",
    "stop_sequences": ["###", "---"],
    "messages": [{"role": "user", "content": [TEXT_BLOCK]}],
}


# Clauses about a parameter of `/v1/complete`, whose schema is the source.


def must_take(
    identity: str, sentence: str, name: str, *values: Any, source: str = ""
) -> None:
    """Register a clause: each of these values is accepted."""
    good(name, *values)

    @must(identity, source or f"{PARAMS}/properties/{name}", sentence=sentence)
    def _check(bench: Bench) -> None:
        takes(bench, name, values)


def must_refuse(
    identity: str,
    sentence: str,
    name: str,
    *values: Any,
    source: str = "",
    other_types: bool = True,
) -> None:
    """Register a clause: these values are refused, and values of another type."""

    @must(identity, source or f"{PARAMS}/properties/{name}", sentence=sentence)
    def _check(bench: Bench) -> None:
        refuses(bench, name, values)
        if other_types:
            refuses_mistyped(bench, name)


# Good values.


def good(name: str, *values: Any, path: str = COMPLETE) -> tuple[Any, ...]:
    """Register values of a parameter that every server takes, and return them."""
    GOOD[path].setdefault(name, []).extend(values)
    return values


def takes(bench: Bench, name: str, values: Iterable[Any], path: str = COMPLETE) -> None:
    """Expect each registered value of a parameter to be accepted.

    To save requests, one good value of every parameter is sent together. Where that
    is refused, the value is sent alone.
    """
    for value in values:
        row = GOOD[path][name].index(value)
        together = {
            other: good_values[row]
            for other, good_values in GOOD[path].items()
            if row < len(good_values)
        }
        exchange = bench.post(bench.body(path, **together), path=path)
        # A busy server would be busy for the value alone, too.
        if exchange.status != 200 and exchange.status not in BUSY:
            exchange = bench.post(bench.body(path, **{name: value}), path=path)
        accepted(exchange, spell(name, value))


# Wrong values.


def refuses(
    bench: Bench, name: str, values: Iterable[Any], path: str = COMPLETE
) -> None:
    """Expect each value of a parameter to be refused."""
    bodies = (
        (bench.body(path, **{name: value}), spell(name, value)) for value in values
    )
    _refuses(bench, name, path, bodies)


def refuses_mistyped(bench: Bench, name: str, path: str = COMPLETE) -> None:
    """Expect a parameter to be refused with a value of another type, at any depth."""
    pointer, _ = bench.contract.request_schema(path)
    body = bench.body(path)
    if name in EXAMPLES:
        body[name] = EXAMPLES[name]
    elif name not in body:
        keys = ("properties", name, "examples")
        _, examples = bench.contract.request_schema(path, *keys)
        body[name] = next(iter(sequence(examples)), None)

    def is_good(changed: Mapping[str, Any]) -> bool:
        return bench.contract.problem(pointer, changed) is None

    _refuses(bench, name, path, mistyped(body, name, is_good))


def spell(name: str, value: Any) -> str:
    """A parameter and its value, for people."""
    return f"{name}: {shown(value)}"


def _forms(bench: Bench, name: str) -> list[Form]:
    """The forms of a request.

    A server may check JSON responses and streams, or the two versions, in different
    places. So requests with wrong values of a parameter take turns in their form.
    """
    streams: list[Mapping[str, Any]] = [{}, {"stream": True}]
    return [
        (
            members,
            bench.headers(anthropic_version=version),
            (", `stream: true`" if members else "")
            + (f", under {version}" if version != bench.version else ""),
        )
        for version in (bench.version, *bench.other_versions)
        for members in (streams[:1] if name == "stream" else streams)
    ]


def _refuses(bench: Bench, name: str, path: str, bodies: Iterable[WrongBody]) -> None:
    """Expect bodies to be refused: in `full` in every form, else in one form each."""
    forms = _forms(bench, name)
    is_full = bench.settings.profile == "full"
    for turn, (body, what) in enumerate(bodies):
        one = turn % len(forms)
        for members, headers, form in forms if is_full else forms[one : one + 1]:
            exchange = bench.post({**body, **members}, path=path, headers=headers)
            refused(exchange, f"{what}{form}")


# Wrong types.


def mistyped(
    body: Mapping[str, Any], name: str, is_good: IsGood
) -> Iterator[WrongBody]:
    """Every body that differs from a good one by a value of another JSON type.

    Args:
        body: A good body.
        name: The member in which one value is wrong, at any depth.
        is_good: Whether the contract allows a body.

    Yields:
        A body, and its wrong value with the place where it stands.
    """
    for place, value in _places(body[name], (name,)):
        for other in _other_types(value):
            changed = _with(body, place, other)
            if not is_good(changed):
                first, *within = place
                path = f"{first}{''.join(f'[{part}]' for part in within)}"
                yield changed, f"{path}: {json.dumps(other)}"


def _places(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    """A value and every value within; of a list only the last element.

    The last, because a careless server checks only the first.
    """
    yield place, value
    for name, member in mapping(value).items():
        yield from _places(member, (*place, name))
    if elements := sequence(value):
        yield from _places(elements[-1], (*place, len(elements) - 1))


def _with(value: Any, place: Place, new: Any) -> Any:
    if not place:
        return new
    head, *rest = place
    changed = _with(value[head], tuple(rest), new)
    if isinstance(head, int):
        return [changed if at == head else item for at, item in enumerate(value)]
    return {**value, head: changed}


def _other_types(value: Any) -> list[Any]:
    """A value of each other JSON type, as similar as can be.

    A whole number is not wrong in place of a fraction. A fraction stands only in place
    of an integer, and an object not in place of a number or a boolean: a server that
    accepts those accepts an integer or an array.
    """
    text = json.dumps(value)
    match value:
        case bool():
            return [None, 1, text, [value]]
        case int():
            return [None, True, 1.5, text, [value]]
        case float():
            return [None, True, text, [value]]
        case str():
            return [None, True, 5, [value], {"value": value}]
        case [first, *_]:
            similar = first if isinstance(first, str) else text
            return [None, True, 5, similar, {"0": first}]
        case []:
            return [None, True, 5, text, {"value": value}]
        case dict():
            return [None, True, 5, text, [value]]
        case _:
            return [True, 5, text, [value], {"value": value}]
