"""From an HTTP response to what the call returns. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, get_args, get_origin

import httpx

from .._encoding import parse_json
from .._error_factory import ErrorFactory, decoded_or_text, text_of
from .._models import Model
from .._spec import ResponseSpec
from .._types import is_array, is_object

M = TypeVar("M", bound=Model)

_EVENTS = "text/event-stream"
_JSON = ("/json", "+json")  # how the media types of JSON end
_SHOWN = 60  # characters of a body that an error message quotes


def decode_response(
    response: httpx.Response,
    spec: ResponseSpec | None,
    errors: ErrorFactory,
    *,
    strict: bool,
) -> Any:
    """Decode the body of a success.

    Raises:
        APIResponseValidationError: It is not of the type or the kind that the call
            returns, or (strict) not what the document says.
        APIStatusError: It is an error in spite of its status.
    """
    if spec is not None:
        spec = spec.others.get(response.status_code, spec)
    if spec is None or spec.schema is None:
        return None
    value: Any
    if spec.media_type.endswith(_JSON):
        value = decoded_json(response, errors, strict=strict)
        if spec.model is not None:
            _refuse_error(value, spec.model, response, errors)
    else:
        media_type = _media_type(response)
        if media_type and media_type != spec.media_type:
            reason = f"asked for {spec.media_type} and got {media_type}"
            raise errors.unexpected(response, text_of(response), reason)
        if not spec.media_type.startswith("text/"):
            return response.content
        value = text_of(response)
    violation = spec.schema.violation(value) if strict else None
    if violation is not None:
        name = ".".join(str(step) for step in violation.path) or "the body"
        raise errors.unexpected(response, value, f"{name} {violation.reason}")
    if spec.model is not None:
        required = spec.model.REQUIRED
        if required and required.isdisjoint(value):
            reason = f"the body has no member of a {spec.model.__name__}"
            raise errors.unexpected(response, value, reason)
        return with_exchange_ids(spec.model.from_dict(value), response, errors)
    return value if spec.decode is None else spec.decode(value)


def _refuse_error(
    value: Any, model: type[Model], response: httpx.Response, errors: ErrorFactory
) -> None:
    """Raise the error that a body is instead of the model: gateways send it with 200.

    A model may have a member that names an error; then its other members are there.
    """
    if not is_object(value):
        raise errors.unexpected(response, value, "the body is not a JSON object")
    is_whole = value.keys() >= model.REQUIRED
    if not is_whole and errors.api_spec.errors.other.kind(value) is not None:
        raise errors.in_success(value, response)


def with_exchange_ids(model: M, response: httpx.Response, errors: ErrorFactory) -> M:
    """Copy the ids of the exchange from the headers into the model."""
    api_spec = errors.api_spec
    for attribute, header in (
        ("_request_id", api_spec.request_id),
        ("_workspace_id", api_spec.workspace_id),
    ):
        value = response.headers.get(header)
        if value is not None:
            setattr(model, attribute, value)
    return model


def is_event_stream(response: httpx.Response) -> bool:
    return _media_type(response) in ("", _EVENTS)


def check_stream(response: httpx.Response, errors: ErrorFactory) -> None:
    """Check that a response, whose body is read if it is something else, has events.

    Raises:
        APIResponseValidationError: Its type is not that of events.
        APIStatusError: It is an error in spite of its status.
    """
    if is_event_stream(response):
        return
    body = decoded_or_text(response)
    if errors.api_spec.errors.other.kind(body) is not None:
        raise errors.in_success(body, response)
    reason = f"asked for a stream of events and got {_media_type(response)}"
    raise errors.unexpected(response, body, reason)


def decoded_json(
    response: httpx.Response, errors: ErrorFactory, *, strict: bool = False
) -> Any:
    """Decode a body; raise an `APIResponseValidationError` if it is not JSON."""
    media_type = _media_type(response)
    if media_type and not media_type.endswith(_JSON):
        reason = f"asked for JSON and got {media_type}"
        raise errors.unexpected(response, text_of(response), reason)
    try:
        return parse_json(response.content, strict=strict)
    except ValueError as error:
        start = text_of(response)[:_SHOWN]
        reason = f"the body is not JSON ({error}): {start!r}"
        raise errors.unexpected(response, text_of(response), reason) from error


def _media_type(response: httpx.Response) -> str:
    content_type: str = response.headers.get("content-type", "")
    return content_type.partition(";")[0].strip().lower()


def cast_response(response: httpx.Response, to: Any, errors: ErrorFactory) -> Any:
    """Return a response as a type.

    Args:
        response: The response; its body has been read, except for `httpx.Response`.
        to: `httpx.Response` for the response itself, `str` or `bytes` for its body,
            None for nothing. For its JSON: a model, `dict` or `list` (also of models),
            a number type, or `object` for any value.
        errors: Makes the errors.

    Raises:
        APIResponseValidationError: The body is not JSON, or not of this type.
        TypeError: JSON cannot be cast to this type.
    """
    if to is httpx.Response:
        return response
    if to is str:
        return text_of(response)
    if to is bytes:
        return response.content
    if to is None or to is type(None):
        return None
    value = decoded_json(response, errors)
    try:
        result = _cast(value, to)
    except _CastError as error:
        raise errors.unexpected(response, value, str(error)) from None
    if isinstance(result, Model):
        return with_exchange_ids(result, response, errors)
    return result


_NUMBERS: Mapping[Any, tuple[type, ...]] = {
    bool: (bool,),
    int: (int,),
    float: (int, float),
}


class _CastError(ValueError):
    """A value is not of the type that the caller named."""


def _cast(value: Any, to: Any) -> Any:
    origin, arguments = get_origin(to) or to, get_args(to)
    if to in (object, Any):
        return value
    if isinstance(to, type) and issubclass(to, Model):
        if is_object(value):
            return to.from_dict(value)
        raise _CastError(f"the JSON is not an object, as {to.__name__} is")
    if origin is list:
        if is_array(value):
            return [_cast_item(item, arguments) for item in value]
    elif origin is dict:
        if is_object(value):
            items = value.items()
            return {name: _cast_item(item, arguments[1:]) for name, item in items}
    elif origin in _NUMBERS:
        if type(value) in _NUMBERS[origin]:
            return value
    else:
        raise TypeError(
            f"cast_to must be httpx.Response, str, bytes, None, a model of this "
            f"package, dict, list, bool, int, float or object, not {to!r}"
        )
    raise _CastError(f"the JSON is not of the type {to!r}")


def _cast_item(value: Any, arguments: tuple[Any, ...]) -> Any:
    return _cast(value, arguments[0]) if arguments else value
