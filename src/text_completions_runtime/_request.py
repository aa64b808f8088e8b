"""From the arguments of a call to the request that httpx sends. Sends nothing."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import httpx

from ._encoding import (
    EncodingError,
    encode,
    form_of,
    headers_of,
    path_of,
    query_of,
    to_json,
)
from ._errors import RequestValidationError
from ._headers import Headers, merged_headers
from ._redact import masked_url
from ._spec import ApiSpec, Body, Operation, Parameter
from ._types import NotGiven, Null, Omit, is_given, is_object, not_given, omit
from ._urls import URL_ERRORS, absolute_url
from ._validation import Schema, Violation

__all__ = ["Options", "Outgoing", "Query", "build_request", "prepare"]

Query: TypeAlias = Mapping[str, object]
"""Query parameters by name."""

_FORM = "application/x-www-form-urlencoded"
_PACKAGE = __name__.partition(".")[0]
_SHOWN = 60  # characters of a value that an error message quotes


@dataclass(slots=True, eq=False, repr=False)
class Options:
    """The settings of one call, beside the arguments of the document.

    Attributes:
        extra_headers: Headers to add, or to remove with `omit`.
        extra_query: Query parameters to add.
        extra_body: Members to put into the body last, unchecked.
        timeout: Seconds, or an `httpx.Timeout`; None for no timeout.
        max_retries: Maximum number of repeats; None for the client's setting.
        deadline: Seconds from 0 for the whole call; None for no deadline.
        idle_timeout: Seconds from 0 for the next event of a stream; None for no limit.
    """

    extra_headers: Headers | None = None
    extra_query: Query | None = None
    extra_body: object | None = None
    timeout: float | httpx.Timeout | NotGiven | None = not_given
    max_retries: float | None = None
    deadline: float | NotGiven | None = not_given
    idle_timeout: float | NotGiven | None = not_given


@dataclass(slots=True, eq=False, repr=False)
class Outgoing:
    """A request without the client's own headers and credentials.

    Attributes:
        method: The HTTP method.
        url: The URL with its query.
        document_headers: Headers of the document. Those of the client and the caller
            replace them.
        headers: The headers that the call itself sets.
        content: The body.
        stream: Whether the call asks for a stream.
        authenticated: Whether the request may carry the client's credentials.
    """

    method: str
    url: httpx.URL
    document_headers: Mapping[str, str | Omit]
    headers: Mapping[str, str | Omit]
    content: bytes | None
    stream: bool
    authenticated: bool = True


def prepare(
    api_spec: ApiSpec,
    operation: Operation,
    arguments: Mapping[str, Any],
    options: Options,
    *,
    base_url: httpx.URL,
    default_query: Query,
    validate: bool,
) -> Outgoing:
    """Encode and check the arguments of a call.

    Raises:
        RequestValidationError: An argument breaks a bound, or cannot be written as
            JSON.
    """
    encoder = _ArgumentEncoder(api_spec, operation, base_url, validate)
    given = {name: value for name, value in arguments.items() if is_given(value)}
    _warn_of_deprecated(api_spec, operation, given)
    sent = [
        (parameter, encoder.parameter(parameter, given.get(parameter.argument)))
        for parameter in operation.parameters
    ]
    body = encoder.body(operation.body, arguments, given) if operation.body else omit
    stream = _wants_stream(operation, body)
    default = encoder.query(default_query)
    query = query_of(default, sent, encoder.query(options.extra_query or {}))
    body = encoder.with_extra(body, options.extra_body)
    content = _content(operation.body, body)
    return Outgoing(
        method=operation.method,
        url=encoder.url(path_of(operation.path, sent) + query),
        document_headers=_default_headers(operation, stream, content is not None),
        headers=merged_headers(headers_of(sent), options.extra_headers),
        content=content,
        stream=stream,
    )


def build_request(
    http: httpx.Client | httpx.AsyncClient,
    outgoing: Outgoing,
    headers: Mapping[str, str],
    timeout: httpx.Timeout,
    *,
    owns_http: bool,
) -> httpx.Request:
    """Build the request that httpx sends.

    The caller's own http client builds it itself, because it may have a base URL,
    headers, parameters or cookies, or override `build_request`. A client that this
    package made has cookies alone; building without it takes half the time. A request
    to another origin carries nothing of either.

    Args:
        http: The http client that sends the request.
        outgoing: The request.
        headers: All headers of the request; if `owns_http`, those of `http` too.
        timeout: The timeouts.
        owns_http: Whether this package made the http client.
    """
    if outgoing.authenticated and not owns_http:
        return http.build_request(
            outgoing.method,
            outgoing.url,
            headers=headers,
            content=outgoing.content,
            timeout=timeout,
        )
    return httpx.Request(
        outgoing.method,
        outgoing.url,
        headers=headers,
        cookies=http.cookies if outgoing.authenticated else None,
        content=outgoing.content,
        extensions={"timeout": timeout.as_dict()},
    )


class _ArgumentEncoder:
    """Encode the arguments of one call, and check them if `validate` is set."""

    def __init__(
        self,
        api_spec: ApiSpec,
        operation: Operation,
        base_url: httpx.URL,
        validate: bool,
    ) -> None:
        self._document = api_spec.document
        self._operation = operation
        self._base_url = base_url
        self._validate = validate

    def parameter(self, parameter: Parameter, value: Any) -> Any:
        """Encode a parameter; None if the call does not pass it."""
        path = (parameter.argument,)
        if value is None:
            if parameter.required and parameter.default is None and self._validate:
                pointer = parameter.schema.pointer
                missing = Violation("required", "is missing and required", pointer)
                raise self._refusal(missing, path)
            return None
        if isinstance(value, Null):
            reason = "can only be null in a JSON body"
            raise self._refusal(Violation("null", reason, ""), path)
        encoded = self._checked(value, parameter.schema, path)
        if parameter.location == "path" and encoded in ("", []):
            reason = "is empty, which would make the path of another operation"
            empty = Violation("path", reason, parameter.schema.pointer, value=encoded)
            raise self._refusal(empty, path)
        return encoded

    def body(
        self, body: Body, arguments: Mapping[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """Encode the body; `omit` if it is optional and the call passes nothing."""
        if body.members is None:
            if "body" not in given and not body.required:
                return omit
            return self._checked(given.get("body"), body.schema, ("body",))
        value: dict[str, Any] = {}
        for argument, name in body.members.items():
            if argument in given:
                value[name] = given[argument]
            elif argument in body.nulls and arguments.get(argument) is None:
                value[name] = None
        if not value and not body.required:
            return omit
        return self._checked(value, body.schema, ())

    def with_extra(self, body: Any, extra: object | None) -> Any:
        """Add the extra members to a body; what is not an object replaces the body."""
        if extra is None:
            return body
        encoded = self._encoded(extra, ("extra_body",))
        if is_object(body) and is_object(encoded):
            return body | encoded
        return encoded

    def query(self, query: Query) -> dict[str, Any]:
        """Encode query parameters that the document does not describe."""
        return {
            self._encoded(name, ("query",)): self._encoded(value, (name,))
            for name, value in query.items()
            if is_given(value)
        }

    def url(self, path: str) -> httpx.URL:
        """Return the URL of a path."""
        try:
            return _parsed_url(absolute_url(self._base_url, path))
        except URL_ERRORS as error:
            violation = Violation("URL", f"makes no URL: {error}", "", value=path)
            raise self._refusal(violation, ("path",)) from None

    def _checked(self, value: Any, schema: Schema, path: tuple[str | int, ...]) -> Any:
        encoded = self._encoded(value, path)
        if self._validate:
            violation = schema.violation(encoded)
            if violation is not None:
                raise self._refusal(violation, path)
        return encoded

    def _encoded(self, value: Any, path: tuple[str | int, ...]) -> Any:
        try:
            return encode(value)
        except EncodingError as error:
            violation = Violation("JSON", error.reason, "", error.path, error.value)
        except RecursionError:
            reason = "is nested too deeply, or contains itself"
            violation = Violation("JSON", reason, "", value=value)
        raise self._refusal(violation, path)

    def _refusal(
        self, violation: Violation, path: tuple[str | int, ...]
    ) -> RequestValidationError:
        name = ".".join(str(step) for step in (*path, *violation.path)) or "body"
        pointer = violation.pointer
        where = f" ({self._document}{pointer})" if pointer else ""
        shown = "" if violation.bound == "required" else f" {_shown(violation.value)}"
        url = absolute_url(masked_url(self._base_url), self._operation.path)
        return RequestValidationError(
            f"{name}:{shown} {violation.reason}{where}",
            httpx.Request(self._operation.method, url),
            parameter=name,
            value=violation.value,
            bound=violation.bound,
            pointer=pointer,
        )


@lru_cache(maxsize=32)
def _parsed_url(url: str) -> httpx.URL:
    """Parse a URL. Most calls of a program go to the same URL."""
    return httpx.URL(url)


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except Exception:  # a caller's own class or a huge number may raise anything
        text = f"a {type(value).__name__}"
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _wants_stream(operation: Operation, body: Any) -> bool:
    if operation.stream is None:
        return False
    if operation.stream.switch is None:
        return operation.response is None
    return is_object(body) and body.get(operation.stream.switch) is True


def _content(body: Body | None, value: Any) -> bytes | None:
    if isinstance(value, Omit):
        return None
    if body is not None and body.media_type == _FORM and is_object(value):
        return form_of(value)
    return to_json(value)


def _default_headers(
    operation: Operation, stream: bool, has_content: bool
) -> dict[str, str]:
    headers = {"accept": _accepted(operation, stream)}
    if operation.body is not None and has_content:
        headers["content-type"] = operation.body.media_type
    for parameter in operation.parameters:
        if parameter.location == "header" and parameter.default is not None:
            headers[parameter.name] = parameter.default
    return headers


def _accepted(operation: Operation, stream: bool) -> str:
    if stream:
        return "text/event-stream"
    if operation.response is None:
        return "application/json"
    responses = [operation.response, *operation.response.others.values()]
    types = [one.media_type for one in responses if one.schema is not None]
    return ", ".join(dict.fromkeys(types)) or "application/json"


def _warn_of_deprecated(
    api_spec: ApiSpec, operation: Operation, given: Mapping[str, Any]
) -> None:
    """Warn the code that made a call, once for each deprecated thing that it uses."""
    for what in _deprecated(operation, given):
        generated = api_spec.errors.other.__module__.partition(".")[0]
        warnings.warn(
            f"{what} is deprecated in {api_spec.document}",
            DeprecationWarning,
            stacklevel=_frames_within({_PACKAGE, generated}),
        )


def _deprecated(operation: Operation, given: Mapping[str, Any]) -> Iterator[str]:
    if operation.deprecated:
        yield operation.name
    arguments = {one.argument for one in operation.parameters if one.deprecated}
    if operation.body is not None:
        arguments |= operation.body.deprecated
    for name in given if arguments else ():
        if name in arguments:
            yield f"the argument {name!r} of {operation.name}"


def _frames_within(packages: set[str]) -> int:
    """Count the frames from here to the first frame of other packages."""
    frame, count = inspect.currentframe(), 0
    while frame is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] not in packages:
            break
        frame, count = frame.f_back, count + 1
    return count
