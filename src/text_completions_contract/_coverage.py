"""Measures schema coverage: which keywords of the document a run has exercised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from text_completions_document import Node, below, is_object, mapping, sequence

from ._contract import JSON, Contract
from ._strict_json import NotStrictJson, read_json
from .requests.exchange import Exchange

# The keywords that a value can violate.
LIMITS: Final = frozenset(
    {
        *("type", "enum", "const", "anyOf", "oneOf", "not"),
        *("multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("minLength", "maxLength", "pattern", "format"),
        *("minItems", "maxItems", "uniqueItems", "contains"),
        *("required", "dependentRequired", "minProperties", "maxProperties"),
        *("additionalProperties", "propertyNames"),
    }
)
# Where schemas stand within a schema: as a value, in a list, in an object.
AS_VALUES: Final = ("items", "additionalProperties", "contains", "propertyNames", "not")
IN_LISTS: Final = ("anyOf", "oneOf", "allOf", "prefixItems")
IN_OBJECTS: Final = ("properties", "patternProperties")
# Longer bodies test limits of size, and exercise no keyword that a short one does not.
MAX_BODY: Final = 16_000


@dataclass(frozen=True, kw_only=True)
class SchemaCoverage:
    """Keywords of the document, and what a run did with them.

    Each is a tuple of JSON pointers in the order of the document.

    Args:
        requests: The keywords that limit the body of a request.
        unmet: Those of them that no request has satisfied.
        unbroken: Those of them that no request has violated.
        responses: The keywords that limit a response or the data of an event.
        unseen: Those of them that no response was checked against.
    """

    requests: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()
    unbroken: tuple[str, ...] = ()
    responses: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()

    def summary(self) -> str:
        """The counts in one line; empty if no operation was judged."""
        if not self.requests:
            return ""
        sent, received = len(self.requests), len(self.responses)
        return (
            f"Schema coverage: of {sent} keywords for requests "
            f"{sent - len(self.unmet)} were satisfied and "
            f"{sent - len(self.unbroken)} violated; of {received} for responses "
            f"{received - len(self.unseen)} were checked"
        )


def schema_coverage(
    contract: Contract, paths: Iterable[str], exchanges: Iterable[Exchange]
) -> SchemaCoverage:
    """Measure which keywords exchanges have exercised.

    Args:
        contract: The contract.
        paths: The paths of the operations that the server has.
        exchanges: All exchanges of a run.
    """
    paths = tuple(paths)
    requests = _Keywords(contract)
    responses = _Keywords(contract)
    for path in paths:
        requests.add(contract.request_schema(path)[0])
        for pointer in contract.response_schemas(path):
            responses.add(pointer)
    for exchange in exchanges:
        if exchange.request.method == "POST" and exchange.request.path in paths:
            body = exchange.request.body or b""
            if len(body) <= MAX_BODY:
                pointer, _ = contract.request_schema(exchange.request.path)
                requests.observe(pointer, body)
            for pointer, text in _received(contract, exchange):
                responses.observe(pointer, text)
    return SchemaCoverage(
        requests=tuple(requests.known),
        unmet=requests.without(outcome=True),
        unbroken=requests.without(outcome=False),
        responses=tuple(responses.known),
        unseen=tuple(key for key, seen in responses.known.items() if not seen),
    )


@dataclass
class _Keywords:
    """Keywords by pointer, each with the outcomes it had: satisfied, violated."""

    contract: Contract
    known: dict[str, set[bool]] = field(default_factory=dict[str, set[bool]])
    _schemas: set[str] = field(default_factory=set[str])

    def add(self, pointer: str) -> None:
        """Add the keywords of a schema and of all schemas that it leads to."""
        schema = self.contract.document.at(pointer)
        if pointer in self._schemas or not is_object(schema):
            return
        self._schemas.add(pointer)
        node = mapping(schema)
        if "$ref" in node:
            self.add(self.contract.document.target(node["$ref"], pointer)[0])
        for key, value in node.items():
            allows_all = key in AS_VALUES and value in (True, {})
            if key in LIMITS and not allows_all:
                self.known[below(pointer, key)] = set()
        for inner in _inner_schemas(pointer, node):
            self.add(inner)

    def observe(self, pointer: str, text: bytes | str) -> None:
        """Note the keywords that a JSON value satisfies or violates."""
        try:
            value = read_json(text)
        except NotStrictJson:
            return
        for place, is_satisfied in self.contract.evaluated(pointer, value):
            if place in self.known:
                self.known[place].add(is_satisfied)

    def without(self, *, outcome: bool) -> tuple[str, ...]:
        return tuple(key for key, seen in self.known.items() if outcome not in seen)


def _inner_schemas(pointer: str, node: Node) -> Iterator[str]:
    yield from (below(pointer, key) for key in AS_VALUES if key in node)
    for key in IN_LISTS:
        for index in range(len(sequence(node.get(key)))):
            yield below(pointer, key, index)
    for key in IN_OBJECTS:
        for name in mapping(node.get(key)):
            yield below(pointer, key, name)


def _received(
    contract: Contract, exchange: Exchange
) -> Iterator[tuple[str, bytes | str]]:
    """The JSON texts of a response, each with the pointer to its schema."""
    path = exchange.request.path
    if exchange.is_stream:
        events = exchange.events.events
        # The first and the last event of each name; others are like the first.
        first = {event.name: event for event in reversed(events)}
        last = {event.name: event for event in events}
        for event in {*first.values(), *last.values()}:
            for pointer in contract.data_schemas(path, event):
                yield pointer, event.data
    elif exchange.media_type == JSON:
        schema = contract.response_schema(path, exchange.status)
        yield from [(schema, exchange.body)] if schema else []
