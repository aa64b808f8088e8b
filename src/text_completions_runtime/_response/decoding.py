"""From an HTTP response to what the call returns. Pure."""

from __future__ import annotations

from typing import Any, TypeVar

import httpx

from .._decode import CastError, cast_json, parse_json, require_castable
from .._error_factory import ErrorFactory, text_of
from .._models import Model
from .._spec import ResponseSpec
from .._types import is_object

__all__ = [
    "cast_response",
    "check_stream",
    "decode_answer",
    "decoded_json",
    "decoded_or_text",
    "is_event_stream",
    "with_exchange_ids",
]

M = TypeVar("M", bound=Model)

_SHOWN = 60  # characters of a body that an error message quotes


def decode_answer(
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
    """
    if spec is not None:
        spec = spec.others.get(response.status_code, spec)
    if spec is None or spec.schema is None:
        return None
    if not _is_json(spec.media_type):
        return _as_it_came(response, spec, errors, strict)
    value = decoded_json(response, errors)
    if spec.model is None:
        _check(value, spec, response, errors, strict)
        return value if spec.decode is None else spec.decode(value)
    if not is_object(value):
        raise errors.unexpected(response, value, "the body is not a JSON object")
    _check(value, spec, response, errors, strict)
    return with_exchange_ids(spec.model.from_dict(value), response, errors)


def with_exchange_ids(model: M, response: httpx.Response, errors: ErrorFactory) -> M:
    """Copy the ids of the exchange from the headers into the model."""
    api_spec = errors.api_spec
    for attribute, header in (
        ("_request_id", api_spec.request_id),
        ("_workspace_id", api_spec.workspace_id),
    ):
        value = response.headers.get(header) if header else None
        if value is not None:
            setattr(model, attribute, value)
    return model


def decoded_or_text(response: httpx.Response) -> Any:
    """Decode the JSON of a body; return its text if it is not JSON."""
    try:
        return parse_json(response.content)
    except ValueError:
        return text_of(response)


def is_event_stream(response: httpx.Response) -> bool:
    """Return whether a response is a stream of events."""
    return _media_type(response) == "text/event-stream"


def check_stream(response: httpx.Response, errors: ErrorFactory) -> None:
    """See that a success is a stream of events.

    Raises:
        APIResponseValidationError: It is something else.
    """
    if not is_event_stream(response):
        media_type = _media_type(response) or "no type"
        reason = f"asked for a stream of events and got {media_type}"
        raise errors.unexpected(response, None, reason)


def decoded_json(response: httpx.Response, errors: ErrorFactory) -> Any:
    """Decode the JSON of a body.

    Raises:
        APIResponseValidationError: It is not JSON.
    """
    media_type = _media_type(response)
    if media_type and not _is_json(media_type):
        reason = f"asked for JSON and got {media_type}"
        raise errors.unexpected(response, text_of(response), reason)
    try:
        return parse_json(response.content)
    except ValueError as error:
        start = text_of(response)[:_SHOWN]
        reason = f"the body is not JSON ({error}): {start!r}"
        raise errors.unexpected(response, text_of(response), reason) from error


def _as_it_came(
    response: httpx.Response,
    spec: ResponseSpec,
    errors: ErrorFactory,
    strict: bool,
) -> str | bytes:
    media_type = _media_type(response)
    if media_type and media_type != spec.media_type:
        reason = f"asked for {spec.media_type} and got {media_type}"
        raise errors.unexpected(response, text_of(response), reason)
    if not spec.media_type.startswith("text/"):
        return response.content
    _check(text_of(response), spec, response, errors, strict)
    return text_of(response)


def _is_json(media_type: str) -> bool:
    return media_type.endswith(("/json", "+json"))


def _media_type(response: httpx.Response) -> str:
    content_type: str = response.headers.get("content-type", "")
    return content_type.partition(";")[0].strip().lower()


def _check(
    value: Any,
    spec: ResponseSpec,
    response: httpx.Response,
    errors: ErrorFactory,
    strict: bool,
) -> None:
    if not strict or spec.schema is None:
        return
    found = spec.schema.violation(value)
    if found is not None:
        name = ".".join(str(step) for step in found.path) or "the body"
        raise errors.unexpected(response, value, f"{name} {found.reason}")


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
    require_castable(to)
    value = decoded_json(response, errors)
    try:
        result = cast_json(value, to)
    except CastError as error:
        raise errors.unexpected(response, value, str(error)) from None
    return (
        with_exchange_ids(result, response, errors)
        if isinstance(result, Model)
        else result
    )
