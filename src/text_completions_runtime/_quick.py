"""A quick yes for a value that its schema allows, for that is what most values are.

A schema is compiled to a function once. It says yes only where it is sure, and it
knows the usual keywords and plain JSON data alone; where it does not say yes,
`_validation` walks through value and schema, and finds what is wrong, if anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from operator import ge, le
from typing import Any, TypeAlias

from ._violations import Schema

__all__ = ["surely_fits"]

_Test: TypeAlias = Callable[[Any], bool]
_Schemas: TypeAlias = Mapping[str, Schema]
_Maker: TypeAlias = Callable[[Schema, _Schemas], _Test]

_MOST = 500  # schemas; a program has those of its contract, which are far fewer
_tests: dict[int, tuple[Schema, _Schemas, _Test]] = {}

# By class, and not by isinstance: true is no integer, and what a caller has derived
# from a class is not plain.
_CLASSES: dict[str, type] = {
    "string": str,
    "number": int,
    "integer": int,
    "boolean": bool,
    "null": type(None),
    "array": list,
    "object": dict,
}
_TEXTS = frozenset[type]({str})
_NUMBERS = frozenset[type]({int, float})
_PLAIN = frozenset[type]({float, *_CLASSES.values()})


def surely_fits(value: Any, schema: Schema, schemas: _Schemas) -> bool:
    """Tell whether a value certainly matches a schema; False is no verdict.

    Args:
        value: Plain JSON data.
        schema: The schema, which must not be changed afterwards.
        schemas: What `$ref`s point to, by their full text.
    """
    return _test(schema, schemas)(value)


def _test(schema: Schema, schemas: _Schemas) -> _Test:
    """Return the test of a schema, made when it is first asked for."""
    known = _tests.get(id(schema))
    if known is not None and known[0] is schema and known[1] is schemas:
        return known[2]
    if len(_tests) >= _MOST:
        _tests.clear()
    test = _made(schema, schemas)
    _tests[id(schema)] = (schema, schemas, test)  # holding it keeps its id its own
    return test


def _made(schema: Schema, schemas: _Schemas) -> _Test:
    if not schema.keys() <= _MAKERS.keys():
        return _unsure
    makers = dict.fromkeys(_MAKERS[keyword] for keyword in schema)  # each once
    tests = [make(schema, schemas) for make in makers]
    return tests[0] if len(tests) == 1 else _all(tests)


def _unsure(_value: Any) -> bool:
    return False


def _all(tests: list[_Test]) -> _Test:
    def test(value: Any) -> bool:
        for one in tests:  # noqa: SIM110  all() of a generator costs three times that
            if not one(value):
                return False
        return True

    return test


def _type(schema: Schema, _schemas: _Schemas) -> _Test:
    names = schema["type"]
    allowed: list[str] = [names] if isinstance(names, str) else names
    classes = frozenset(_CLASSES[name] for name in allowed)
    if "number" not in allowed:
        return lambda value: value.__class__ in classes

    def test(value: Any) -> bool:
        kind = value.__class__
        return kind in classes or (kind is float and isfinite(value))

    return test


def _enum(schema: Schema, _schemas: _Schemas) -> _Test:
    return _one_of(schema["enum"])


def _const(schema: Schema, _schemas: _Schemas) -> _Test:
    return _one_of([schema["const"]])


def _one_of(values: list[Any]) -> _Test:
    texts = frozenset(one for one in values if isinstance(one, str))
    return lambda value: value.__class__ is str and value in texts


def _bound(
    keyword: str, kinds: frozenset[type], holds: Callable[[Any, Any], bool]
) -> _Maker:
    """Make a keyword that compares values of some kinds, and says yes to others."""
    others = _PLAIN - kinds

    def make(schema: Schema, _schemas: _Schemas) -> _Test:
        bound = schema[keyword]

        def test(value: Any) -> bool:
            kind = value.__class__
            return holds(value, bound) if kind in kinds else kind in others

        return test

    return make


def _items(schema: Schema, schemas: _Schemas) -> _Test:
    item = _made(schema["items"], schemas)

    def test(value: Any) -> bool:
        if value.__class__ is list:
            return all(map(item, value))
        return value.__class__ in _PLAIN

    return test


def _members(schema: Schema, schemas: _Schemas) -> _Test:
    """Test all members, for `properties` and for `additionalProperties`."""
    properties: Schema = schema.get("properties", {})
    tests = {name: _made(one, schemas) for name, one in properties.items()}
    others = schema.get("additionalProperties", True)
    other = _anything if others is True else _unsure

    def test(value: Any) -> bool:
        if value.__class__ is not dict:
            return value.__class__ in _PLAIN
        for name, member in value.items():  # noqa: SIM110  see above
            if not tests.get(name, other)(member):
                return False
        return True

    return test


def _anything(_value: Any) -> bool:
    return True


def _required(schema: Schema, _schemas: _Schemas) -> _Test:
    names = frozenset(schema["required"])

    def test(value: Any) -> bool:
        if value.__class__ is dict:
            return bool(value.keys() >= names)
        return value.__class__ in _PLAIN

    return test


def _ref(schema: Schema, schemas: _Schemas) -> _Test:
    target = schemas[schema["$ref"]]

    def test(value: Any) -> bool:  # asked for now, for schemas may lead in a circle
        return _test(target, schemas)(value)

    return test


def _all_of(schema: Schema, schemas: _Schemas) -> _Test:
    return _all([_made(branch, schemas) for branch in schema["allOf"]])


def _any_of(schema: Schema, schemas: _Schemas) -> _Test:
    tests = [_made(branch, schemas) for branch in schema["anyOf"]]

    def test(value: Any) -> bool:
        for one in tests:  # noqa: SIM110  see above
            if one(value):
                return True
        return False

    return test


_MAKERS: dict[str, _Maker] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "minimum": _bound("minimum", _NUMBERS, ge),
    "maximum": _bound("maximum", _NUMBERS, le),
    "minLength": _bound("minLength", _TEXTS, lambda value, least: len(value) >= least),
    "maxLength": _bound("maxLength", _TEXTS, lambda value, most: len(value) <= most),
    "items": _items,
    "properties": _members,
    "additionalProperties": _members,
    "required": _required,
    "$ref": _ref,
    "allOf": _all_of,
    "anyOf": _any_of,
}
