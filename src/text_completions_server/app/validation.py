"""Whether a body keeps to the document's schema, and how to say that it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
_MOST_ITEMS: Final = 2000
_SHAPE: Final = "Input does not match the expected shape."


class BodyValidator:
    """The schema of one request body, compiled once.

    Raises:
        ValueError: The schema is broken; the message is one line.
    """

    def __init__(self, schema: Mapping[str, object]) -> None:
        try:
            self._validator = jsonschema_rs.Draft202012Validator(
                dict(schema), offline=True
            )
        except (ValidationError, jsonschema_rs.ReferencingError) as error:
            raise ValueError(str(error).partition("\n")[0]) from error

    def violation(self, body: object) -> str | None:
        """What is wrong with the body, as `FIELD: reason`; None when it is fine."""
        if self._validator.is_valid(body):
            return None
        shown = _beginning(body, iter(range(_MOST_ITEMS)))
        errors = list(self._validator.iter_errors(shown))
        return _sentence(_foremost(errors)) if errors else _said([], _SHAPE)


def _beginning(value: object, budget: Iterator[int]) -> object:
    """The value with so many items of its lists: explaining a million takes minutes."""
    if isinstance(value, dict):
        members = cast("dict[str, object]", value).items()
        return {name: _beginning(member, budget) for name, member in members}
    if isinstance(value, list):
        items = zip(cast("list[object]", value), budget, strict=False)
        return [_beginning(item, budget) for item, _ in items]
    return value


def _foremost(errors: Iterable[ValidationError]) -> ValidationError:
    """The error to tell: a missing field first, an unknown one last."""
    return min(errors, key=_rank)


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
            return _said([*path, name], "Field required")
        case Kind.AdditionalProperties([name, *_]):
            return _said([*path, name], "Extra inputs are not permitted")
        case Kind.AnyOf(branches) | Kind.OneOfNotValid(branches):
            return _of_branches(error, [each for one in branches for each in one])
        case kind:
            return _said(path, _reason(kind))


def _said(path: list[str], reason: str) -> str:
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
    """Speak of the branch that was meant: the one that fails furthest inside."""
    depth = len(error.instance_path)
    deeper = [each for each in inner if len(each.instance_path) > depth]
    if deeper:
        return _sentence(_foremost(deeper))
    types = {name for each in inner for name in _wrong_types(each)}
    path = [str(part) for part in error.instance_path]
    return _said(path, _type_reason(types) if types else _SHAPE)


def _wrong_types(error: ValidationError) -> list[str]:
    match error.kind:
        case Kind.Type(types):
            return types
        case _:
            return []
