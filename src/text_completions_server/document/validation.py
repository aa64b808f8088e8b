"""Check values against schemas, and describe what is wrong in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, cast

import jsonschema_rs
from jsonschema_rs import ValidationError
from jsonschema_rs import ValidationErrorKind as Kind

_NOUNS: Final = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "array": "list",
    "object": "dictionary",
    "null": "null",
}
_MAX_ITEMS: Final = 2000
_PLAIN: Final = (str, int, float)
_SHAPE: Final = "Input does not match the expected shape."


class Validator:
    """Checks values against a schema, and says what is wrong in plain words."""

    def __init__(self, compiled: jsonschema_rs.Draft202012Validator) -> None:
        self._compiled = compiled

    def violation(self, value: object) -> str | None:
        """Return what is wrong with a value, as `FIELD: reason`; None if valid."""
        if self._compiled.is_valid(value):
            return None
        beginning = _beginning(value, iter(range(_MAX_ITEMS)))
        errors = list(self._compiled.iter_errors(beginning))
        return _sentence(_first(errors)) if errors else _violation([], _SHAPE)


def _beginning(value: object, budget: Iterator[int]) -> object:
    """Return the value with few list items: explaining a million takes minutes."""
    if isinstance(value, dict):
        members = cast("dict[str, object]", value).items()
        return {
            name: each if isinstance(each, _PLAIN) else _beginning(each, budget)
            for name, each in members
        }
    if isinstance(value, list):
        items = zip(cast("list[object]", value), budget, strict=False)
        return [_beginning(item, budget) for item, _ in items]
    return value


def _first(errors: Sequence[ValidationError]) -> ValidationError:
    """Return the error to report: a missing field first, an unknown one last."""
    return errors[0] if len(errors) == 1 else min(errors, key=_rank)


def _rank(error: ValidationError) -> tuple[int, list[str]]:
    path = [str(part) for part in error.instance_path]
    match error.kind:
        case Kind.Required():
            return 0, path
        case Kind.AdditionalProperties():
            return 2, path
        case _:
            return 1, path


def _sentence(error: ValidationError) -> str:
    path = [str(part) for part in error.instance_path]
    match error.kind:
        case Kind.Required(name):
            return _violation([*path, name], "Field required")
        case Kind.AdditionalProperties([name, *_]):
            return _violation([*path, name], "Extra inputs are not permitted")
        case Kind.AnyOf(branches) | Kind.OneOfNotValid(branches):
            return _of_branches(error, [each for one in branches for each in one])
        case kind:
            return _violation(path, _reason(kind))


def _violation(path: list[str], reason: str) -> str:
    return f"{'.'.join(path) or 'body'}: {reason}"


def _reason(kind: Kind) -> str:
    match kind:
        case Kind.Type(types):
            return _type_reason(types)
        case Kind.Minimum(limit):
            return f"Input should be greater than or equal to {limit}"
        case Kind.Maximum(limit):
            return f"Input should be less than or equal to {limit}"
        case Kind.ExclusiveMinimum(limit):
            return f"Input should be greater than {limit}"
        case Kind.ExclusiveMaximum(limit):
            return f"Input should be less than {limit}"
        case Kind.MinLength(limit):
            return f"String should have at least {_count(limit, 'character')}"
        case Kind.MaxLength(limit):
            return f"String should have at most {_count(limit, 'character')}"
        case Kind.MinItems(limit):
            return f"List should have at least {_count(limit, 'item')}"
        case Kind.MaxItems(limit):
            return f"List should have at most {_count(limit, 'item')}"
        case Kind.Enum(options):
            return f"Input should be {' or '.join(map(repr, options))}"
        case Kind.Constant(value):
            return f"Input should be {value!r}"
        case Kind.Format(name):
            return f"Input should be a valid {name}"
        case Kind.Pattern(pattern):
            return f"String should match pattern '{pattern}'"
        case Kind.MultipleOf(number):
            return f"Input should be a multiple of {number:g}"
        case Kind.UniqueItems():
            return "List should have no item twice"
        case _:
            return _SHAPE


def _type_reason(types: Iterable[str]) -> str:
    nouns = sorted({_NOUNS.get(name, name) for name in types}, key=_null_last)
    return f"Input should be a valid {' or '.join(nouns)}"


def _null_last(noun: str) -> tuple[bool, str]:
    return noun == "null", noun


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _of_branches(error: ValidationError, inner: list[ValidationError]) -> str:
    """Report the branch that the value was closest to: it fails furthest inside."""
    depth = len(error.instance_path)
    deeper = [each for each in inner if len(each.instance_path) > depth]
    if deeper:
        return _sentence(_first(deeper))
    types = {name for each in inner for name in _wrong_types(each)}
    of_values = (Kind.Type, Kind.Constant, Kind.Enum)
    others = [each for each in inner if not isinstance(each.kind, of_values)]
    # The branch that has the type of the value, or a range with a constant beside it.
    if others and (types or len(others) == 1):
        return _sentence(_first(others))
    path = [str(part) for part in error.instance_path]
    return _violation(path, _type_reason(types) if types else _SHAPE)


def _wrong_types(error: ValidationError) -> list[str]:
    match error.kind:
        case Kind.Type(types):
            return types
        case _:
            return []
