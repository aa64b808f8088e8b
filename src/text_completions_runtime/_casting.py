"""From an HTTP response to the type that a caller names. Pure."""

from __future__ import annotations

from typing import Any, get_args, get_origin

import httpx

from ._error_factory import ErrorFactory
from ._models import Model
from ._response.decoding import decoded_json, named_model
from ._types import is_array, is_object

__all__ = ["cast_response"]

_NUMBERS = (bool, int, float)
_ANYTHING = (object, Any)


def cast_response(response: httpx.Response, to: Any, errors: ErrorFactory) -> Any:
    """Return a response as a type.

    Args:
        response: The answer; its body has been read, but for `httpx.Response`.
        to: `httpx.Response` for the answer itself, `str` or `bytes` for its body,
            None for nothing; for its JSON a model, `dict` or `list` (their arguments
            may be models), a number type, or `object` for whatever it is.
        errors: Makes the errors.

    Raises:
        APIResponseValidationError: The body is not JSON, or not of this type.
        TypeError: There is no way to make this type.
    """
    if to is httpx.Response:
        return response
    if to is str:
        return response.text
    if to is bytes:
        return response.content
    if to is None or to is type(None):
        return None
    _require_castable(to)
    value = decoded_json(response, errors)
    try:
        made = _made(value, to)
    except _Misfit as misfit:
        raise errors.unexpected(response, value, str(misfit)) from None
    return named_model(made, response, errors) if isinstance(made, Model) else made


class _Misfit(Exception):
    """A value is not of the type that was asked for."""


def _require_castable(to: Any) -> None:
    origin = get_origin(to) or to
    if to in _ANYTHING or origin in (dict, list, *_NUMBERS) or _is_model(to):
        return
    message = (
        f"cast_to must be httpx.Response, str, bytes, None, a model of this package, "
        f"dict, list, bool, int, float or object, not {to!r}"
    )
    raise TypeError(message)


def _made(value: Any, to: Any) -> Any:
    if to in _ANYTHING:
        return value
    if _is_model(to):
        if not is_object(value):
            raise _Misfit(f"the JSON is not an object, as {to.__name__} is")
        return to.from_dict(value)
    origin, arguments = get_origin(to) or to, get_args(to)
    if origin is list and is_array(value):
        return [_item(item, arguments) for item in value]
    if origin is dict and is_object(value):
        return {name: _item(item, arguments[1:]) for name, item in value.items()}
    if origin in _NUMBERS and _is_number(value, origin):
        return origin(value)
    raise _Misfit(f"the JSON is not of the type {to!r}")


def _item(value: Any, arguments: tuple[Any, ...]) -> Any:
    return _made(value, arguments[0]) if arguments else value


def _is_number(value: Any, to: Any) -> bool:
    if isinstance(value, bool) or to is bool:
        return isinstance(value, bool) and to is bool
    try:
        return isinstance(value, (int, float)) and to(value) == value
    except OverflowError:  # infinity is no whole number, and some are beyond floats
        return False


def _is_model(to: Any) -> bool:
    return isinstance(to, type) and issubclass(to, Model)
