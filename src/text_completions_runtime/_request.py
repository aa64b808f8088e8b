"""From the arguments of a call to the request that httpx sends. Sends nothing."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping
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
from ._redact import masked_text, masked_url
from ._spec import ApiSpec, Body, Operation, Parameter
from ._types import (
    NotGiven,
    Null,
    Omit,
    is_given,
    is_object,
    not_given,
    omit,
    require_mapping,
)
from ._urls import URL_ERRORS, absolute_url, is_http
from ._validation import Schema, Violation

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
        document_headers: Headers of the document. Those of the client and the caller
            replace them.
        headers: The headers that the call itself sets.
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
    encoder = RequestEncoder(
        api_spec.document,
        operation.method,
        base_url,
        operation.path,
        validate=validate,
    )
    given = {
        name: value
        for name, value in arguments.items()
        if value is not omit and is_given(value)  # most are `omit`
    }
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
    path = path_of(operation.path, sent)
    return Outgoing(
        method=operation.method,
        url=encoder.url(absolute_url(base_url, path + query), "path"),
        document_headers=_default_headers(operation, stream, content is not None),
        headers=merged_headers(headers_of(sent), options.extra_headers),
        content=content,
        stream=stream,
    )


def build_request(
    http: httpx.Client | httpx.AsyncClient,
    outgoing: Outgoing,
    headers: httpx.Headers,
    timeout: httpx.Timeout,
    *,
    owns_http: bool,
) -> httpx.Request:
    """Build the request that httpx sends.

    The caller's own http client builds it itself, because it may have a base URL,
    headers, parameters or cookies, or override `build_request`. A client that this
    package made has cookies alone; building without it takes half the time, and then
    `headers` holds those of the http client too. A request to another origin carries
    nothing of either.
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


class RequestEncoder:
    """Encode the parts of one request, and refuse what cannot be sent.

    With `validate`, arguments are checked against their schemas. The other settings are
    for the messages of errors.
    """

    def __init__(
        self,
        document: str,
        method: str,
        base_url: httpx.URL,
        path: str = "",
        *,
        validate: bool = False,
    ) -> None:
        self._document = document
        self._method = method
        self._base_url = base_url
        self._path = path
        self._validate = validate

    def parameter(self, parameter: Parameter, value: Any) -> Any:
        """Encode a parameter; None if the call does not pass it."""
        name, pointer = parameter.argument, parameter.schema.pointer
        if value is None:
            if parameter.required and parameter.default is None and self._validate:
                reason = "is missing and required"
                raise self.refusal(Violation("required", reason, pointer, (name,)))
            return None
        if isinstance(value, Null):
            reason = "can only be null in a JSON body"
            raise self.refusal(Violation("null", reason, "", (name,), value))
        encoded = self._checked(value, parameter.schema, name)
        if parameter.location == "path" and encoded in ("", []):
            reason = "is empty, which would make the path of another operation"
            raise self.refusal(Violation("path", reason, pointer, (name,), encoded))
        return encoded

    def body(
        self, body: Body, arguments: Mapping[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """Encode the body; `omit` if it is optional and the call passes nothing."""
        if body.members is None:
            if "body" not in given and not body.required:
                return omit
            return self._checked(given.get("body"), body.schema, "body")
        value: dict[str, Any] = {}
        for argument, name in body.members.items():
            if argument in given:
                value[name] = given[argument]
            elif argument in body.nulls and arguments.get(argument) is None:
                value[name] = None
        if not value and not body.required:
            return omit
        return self._checked(value, body.schema)

    def with_extra(self, body: Any, extra: object | None) -> Any:
        """Add the extra members to a body; what is not an object replaces the body."""
        if extra is None:
            return body
        encoded = self.encoded(extra, "extra_body")
        if is_object(body) and is_object(encoded):
            return body | encoded
        return encoded

    def query(self, query: Query) -> dict[str, Any]:
        """Encode query parameters that the document does not describe."""
        return {
            self.encoded(name, "query"): self.encoded(value, name)
            for name, value in require_mapping(query, "a query").items()
            if is_given(value)
        }

    def url(self, text: str, name: str) -> httpx.URL:
        """Return a URL; `name` is the argument to blame if it is not valid."""
        try:
            return _parsed_url(text)
        except URL_ERRORS as error:
            reason = f"is not an http or https URL ({error})"
            shown = masked_text(text.partition("?")[0])  # a query may hold a key
            violation = Violation("URL", reason, "", (name,), shown)
            raise self.refusal(violation) from None

    def encoded(self, value: Any, *name: str) -> Any:
        """Return a value as plain JSON data."""
        try:
            return encode(value)
        except EncodingError as error:
            path = (*name, *error.path)
            violation = Violation("JSON", error.reason, "", path, error.value)
        except RecursionError:
            reason = "is nested too deeply, or contains itself"
            violation = Violation("JSON", reason, "", name, value)
        raise self.refusal(violation)

    def _checked(self, value: Any, schema: Schema, *name: str) -> Any:
        encoded = self.encoded(value, *name)
        if self._validate:
            violation = schema.violation(encoded)
            if violation is not None:
                path = (*name, *violation.path)
                raise self.refusal(violation._replace(path=path))
        return encoded

    def refusal(self, violation: Violation) -> RequestValidationError:
        """Return the error of an argument; its name begins the violation's path."""
        name = ".".join(str(step) for step in violation.path) or "body"
        pointer = violation.pointer
        where = f" ({self._document}{pointer})" if pointer else ""
        shown = "" if violation.bound == "required" else f" {_shown(violation.value)}"
        url = absolute_url(masked_url(self._base_url), self._path)
        return RequestValidationError(
            f"{name}:{shown} {violation.reason}{where}",
            httpx.Request(self._method, url),
            parameter=name,
            value=violation.value,
            bound=violation.bound,
            pointer=pointer,
        )


@lru_cache(maxsize=32)
def _parsed_url(text: str) -> httpx.URL:
    """Parse a URL. Most calls of a program go to the same URL."""
    url = httpx.URL(text)
    if not is_http(url):
        raise httpx.InvalidURL("its scheme, host or port is missing or invalid")
    return url


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
    deprecated = [operation.name] if operation.deprecated else []
    names = {one.argument for one in operation.parameters if one.deprecated}
    if operation.body is not None:
        names |= operation.body.deprecated
    for name in sorted(names & given.keys()):
        deprecated.append(f"the argument {name!r} of {operation.name}")
    for what in deprecated:
        generated = api_spec.errors.other.__module__.partition(".")[0]
        warnings.warn(
            f"{what} is deprecated in {api_spec.document}",
            DeprecationWarning,
            stacklevel=_frames_within({_PACKAGE, generated}),
        )


def _frames_within(packages: set[str]) -> int:
    """Count the frames from here to the first frame of other packages."""
    frame, count = inspect.currentframe(), 0
    while frame is not None:
        name: str = frame.f_globals.get("__name__", "")  # code may run without one
        if name.partition(".")[0] not in packages:
            break
        frame, count = frame.f_back, count + 1
    return count
