"""Good and wrong values of parameters, and the clauses that send them.

The bounds and the types come from the contract's schemas, so an edited document is
judged by its own. Where no schema says enough, clauses add values.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any, Final, TypeAlias

from text_completions_document import Node, mapping, sequence

from ._bench import LIMIT_NAMES, UNKNOWN_MEMBER, Bench
from ._contract import COMPLETE, MESSAGES, PARAMS
from ._registry import must
from ._responses import accepted, refused
from ._strict_json import shown
from .requests.budget import BUSY
from .requests.exchange import Exchange

Place: TypeAlias = tuple[str | int, ...]
IsGood: TypeAlias = Callable[[Mapping[str, Any]], bool]
# A body, and what is wrong with it.
WrongBody: TypeAlias = tuple[Mapping[str, Any], str]

TEXT_BLOCK: Final = {"type": "text", "text": "Hello, Claude"}
# Good values of each parameter that clauses add to those at its bounds.
GOOD: Final[dict[str, dict[str, list[Any]]]] = {COMPLETE: {}, MESSAGES: {}}
# Values that show more mistakes than the document's examples.
EXAMPLES: Final[dict[str, Any]] = {
    "stream": True,
    "stop_sequences": ["###", "---"],
    "messages": [{"role": "user", "content": [TEXT_BLOCK]}],
}
# So many good values of a parameter are sent in each form of a request.
VALUES_PER_FORM: Final = 2
# Keywords of a bound, and which way the other side of it lies.
BEYOND: Final = {
    "minimum": -1,
    "maximum": 1,
    "exclusiveMinimum": 1,
    "exclusiveMaximum": -1,
}


@dataclass(frozen=True)
class Form:
    """A form of a request.

    A server may check JSON responses and streams, or the two versions, in different
    places. So the values of a parameter take turns in the form of their request.
    """

    stream: bool
    version: str

    def post(self, bench: Bench, body: Mapping[str, Any], path: str) -> Exchange:
        """Post a body in this form."""
        headers = bench.headers(anthropic_version=self.version)
        members = {"stream": True} if self.stream else {}
        return bench.post({**body, **members}, path=path, headers=headers)

    def describe(self, bench: Bench) -> str:
        """What is unusual about the form; empty for the usual one."""
        version = f", under {self.version}" if self.version != bench.version else ""
        return (", `stream: true`" if self.stream else "") + version


def forms_of(bench: Bench, path: str, *, good: bool = False) -> list[Form]:
    """The forms of a request; of a good one, those that every server knows."""
    # Nobody knows whether `/v1/messages` had the older version.
    is_newer_alone = good and path == MESSAGES
    others = () if is_newer_alone else bench.other_versions
    return [
        Form(stream, version)
        for version in (bench.version, *others)
        for stream in (False, True)
    ]


# Clauses about a parameter of `/v1/complete`, whose schema is the source.


def must_take(
    identity: str, sentence: str, name: str, *values: Any, source: str = ""
) -> None:
    """Register a clause: these values are accepted, or if none, those at the bounds."""
    good(name, *values)

    @must(identity, source or f"{PARAMS}/properties/{name}", sentence=sentence)
    def _check(bench: Bench) -> None:
        takes(bench, name, values=values)


def must_refuse(
    identity: str, sentence: str, name: str, *values: Any, source: str = ""
) -> None:
    """Register a clause: these values are refused, and what the schema forbids."""

    @must(identity, source or f"{PARAMS}/properties/{name}", sentence=sentence)
    def _check(bench: Bench) -> None:
        refuses(bench, name, values)
        refuses_mistyped(bench, name)


# Good values.


def good(name: str, *values: Any, path: str = COMPLETE) -> None:
    """Add values of a parameter that every server takes."""
    GOOD[path].setdefault(name, []).extend(values)


def takes(
    bench: Bench, name: str, path: str = COMPLETE, *, values: Sequence[Any] = ()
) -> None:
    """Expect good values of a parameter to be accepted.

    Args:
        bench: The server.
        name: The parameter.
        path: The path of the operation.
        values: Some of its good values. Default: all.
    """
    for members, form in good_members(bench, path):
        if name not in members or (values and members[name] not in values):
            continue
        exchange = form.post(bench, bench.body(path, **members), path)
        # A busy server would be busy for the value alone, too.
        if exchange.status != 200 and exchange.status not in BUSY:
            alone = bench.body(path, **{name: members[name]})
            exchange = form.post(bench, alone, path)
        accepted(exchange, spell(name, members[name]) + form.describe(bench))


def good_members(bench: Bench, path: str) -> Iterator[tuple[dict[str, Any], Form]]:
    """Good values of all parameters, together in as few requests as possible.

    Yields:
        A value of each parameter, and the form of their request. A parameter with up
        to `VALUES_PER_FORM` values has each of them in each form.
    """
    _, properties = bench.contract.request_schema(path, "properties")
    values = {name: _good_values(bench, name, path) for name in properties}
    forms = forms_of(bench, path, good=True)
    longest = max(map(len, values.values()))
    for row in range(max(VALUES_PER_FORM * len(forms), longest)):
        form = forms[row // VALUES_PER_FORM % len(forms)]
        members = {name: some[row % len(some)] for name, some in values.items() if some}
        if form.stream:
            members.pop("stream", None)
        yield members, form


def _good_values(bench: Bench, name: str, path: str) -> list[Any]:
    """Values at the bounds of a parameter and those of clauses, or an example."""
    if name == "model":
        return [bench.settings.model]
    _, schema = bench.contract.request_schema(path, "properties", name)
    values = [*edges(mapping(schema)), *GOOD[path].get(name, [])]
    return [
        value
        for value in values or [bench.contract.example(path, name)]
        # -1 switches some parameters off, on some servers alone.
        if value != -1 and bench.allows(bench.body(path, **{name: value}), path)
    ]


def edges(schema: Node) -> Iterator[Any]:
    """Values at the bounds of a schema for numbers or lists, and just beyond."""
    step = 1 if schema.get("type") == "integer" else 0.0001
    for branch in (schema, *map(mapping, sequence(schema.get("anyOf")))):
        for keyword, direction in BEYOND.items():
            if keyword in branch:
                yield from (branch[keyword], branch[keyword] + direction * step)
        if "maxItems" in branch:
            for size in (branch["maxItems"], branch["maxItems"] + 1):
                yield [f"#{number}#" for number in range(size)]


# Wrong values.


def bad_bodies(
    bench: Bench, path: str = COMPLETE
) -> Iterator[tuple[dict[str, Any], str]]:
    """A body for each way to be wrong, apart from types, with its description."""
    name = LIMIT_NAMES[path]
    for body, what in (
        (bench.body(path, temperature=1.0001), "temperature: 1.0001"),
        (bench.body(path) | {UNKNOWN_MEMBER: 1}, f"{UNKNOWN_MEMBER}: 1"),
        (bench.body(path, without=name), f"no {name}"),
    ):
        if not bench.allows(body, path):
            yield body, what


def refuses(
    bench: Bench, name: str, values: Iterable[Any] = (), path: str = COMPLETE
) -> None:
    """Expect these values of a parameter to be refused, and those beyond its bounds."""

    def is_wrong(value: Any) -> bool:
        return not bench.allows(bench.body(path, **{name: value}), path)

    _, schema = bench.contract.request_schema(path, "properties", name)
    beyond = list(filter(is_wrong, edges(mapping(schema))))
    wrong = [*beyond, *filter(is_wrong, values)]
    # A server may obey a bound in one form of a request alone.
    count = max(len(wrong), len(forms_of(bench, path)) if beyond else 0)
    wrong = list(islice(cycle(wrong), count))
    bodies = ((bench.body(path, **{name: it}), spell(name, it)) for it in wrong)
    refuses_in_turn(bench, bodies, path)


def refuses_mistyped(bench: Bench, name: str, path: str = COMPLETE) -> None:
    """Expect a parameter to be refused with a value of another type, at any depth."""
    body = bench.body(path)
    if name in EXAMPLES or name not in body:
        body[name] = EXAMPLES.get(name) or bench.contract.example(path, name)
    _, properties = bench.contract.request_schema(path, "properties")
    if name in properties and bench.allows(body, path):
        bodies = mistyped(body, name, lambda changed: bench.allows(changed, path))
        refuses_in_turn(bench, bodies, path, first=list(properties).index(name))


def refuses_in_turn(
    bench: Bench, bodies: Iterable[WrongBody], path: str = COMPLETE, *, first: int = 0
) -> None:
    """Expect bodies to be refused: in `full` in every form, else in one form each.

    Args:
        bench: The server.
        bodies: Wrong bodies, each with what is wrong with it.
        path: The path of the operation.
        first: With which form to begin, so that each type meets several.
    """
    is_full = bench.settings.profile == "full"
    for turn, (body, what) in enumerate(bodies, first):
        forms = [
            form
            for form in forms_of(bench, path)
            if not (form.stream and "stream" in body)
        ]
        one = turn % len(forms)
        for form in forms if is_full else forms[one : one + 1]:
            refused(form.post(bench, body, path), what + form.describe(bench))


def spell(name: str, value: Any) -> str:
    """A parameter and its value, for people."""
    return f"{name}: {shown(value)}"


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
    of an integer, an object not in place of a number or a boolean, and a boolean only
    in place of a number: a server that accepts those accepts one of the others.
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
            return [None, 5, [value], {"value": value}]
        case [first, *_]:
            similar = first if isinstance(first, str) else text
            return [None, 5, similar, {"0": first}]
        case []:
            return [None, 5, text, {"value": value}]
        case dict():
            return [None, 5, text, [value]]
        case _:
            return [True, 5, text, [value], {"value": value}]
