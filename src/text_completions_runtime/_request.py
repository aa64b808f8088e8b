"""From the arguments of a call to the request that httpx sends. Sends nothing."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import httpx

from ._encoding import (
    EncodingError,
    QueryPairs,
    Sent,
    absolute_url,
    bracketed,
    by_name,
    content_of,
    encode,
    place,
    query_of,
)
from ._errors import RequestValidationError
from ._headers import Headers, merged_headers
from ._spec import ApiSpec, Body, Operation, Parameter
from ._types import (
    NotGiven,
    Null,
    Omit,
    is_given,
    is_object,
    not_given,
    omit,
)
from ._urls import URL_ERRORS, is_http, masked_text, masked_url
from ._validation import Schema, Violation

Query: TypeAlias = Mapping[str, object]
"""Query parameters by name."""

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
    if operation.deprecated or operation.deprecated_arguments:
        _warn_of_deprecated(api_spec, operation, arguments)
    sent = encoder.parameters(operation.parameters, arguments)
    path, query, headers = place(operation.path, sent)
    if default_query or options.extra_query:
        extra_query = encoder.query(options.extra_query)
        query = encoder.query(default_query) | query | extra_query
    body = encoder.body(operation.body, arguments) if operation.body else omit
    stream = _wants_stream(operation, body)
    if options.extra_body is not None:
        body = encoder.with_members(body, options.extra_body, "extra_body")
    content = content_of(body, operation.body.media_type if operation.body else "")
    if options.extra_headers:
        headers = merged_headers(headers, options.extra_headers)
    return Outgoing(
        method=operation.method,
        url=encoder.url(absolute_url(base_url, path + query_of(query)), "path"),
        document_headers=_document_headers(operation, stream, content is not None),
        headers=headers,
        content=content,
        stream=stream,
    )


@dataclass(slots=True, eq=False, repr=False)
class RequestEncoder:
    """Encode the parts of one request, and refuse what cannot be sent.

    With `validate`, arguments are checked against their schemas. The other settings are
    for the messages of errors.
    """

    document: str
    method: str
    base_url: httpx.URL
    path: str = ""
    validate: bool = False

    def parameters(
        self, parameters: Iterable[Parameter], arguments: Mapping[str, Any]
    ) -> Sent:
        """Encode the parameters that a call passes, and that have something to write.

        An empty list has no text: RFC 6570, 2.3 calls it undefined, and servers refuse
        a header without a value.
        """
        sent: Sent = []
        for parameter in parameters:
            name, pointer = parameter.argument, parameter.schema.pointer
            value = arguments.get(name)
            if not is_given(value):
                if parameter.required and parameter.default is None and self.validate:
                    reason = "is missing and required"
                    raise self.refusal(Violation("required", reason, pointer, (name,)))
                continue
            if isinstance(value, Null):
                reason = "can only be null in a JSON body"
                raise self.refusal(Violation("null", reason, "", (name,), value))
            encoded = self.encoded(value, name, schema=parameter.schema)
            if parameter.location == "path" and encoded in ("", []):
                reason = "is empty, which would make the path of another operation"
                raise self.refusal(Violation("path", reason, pointer, (name,), encoded))
            if encoded != [] or parameter.required:
                sent.append((parameter, encoded))
        return sent

    def body(self, body: Body, arguments: Mapping[str, Any]) -> Any:
        """Encode the body; `omit` if it is optional and the call passes nothing."""
        if body.members is None:
            value = arguments.get("body")
            if not is_given(value):
                if not body.required:
                    return omit
                value = None
            return self.encoded(value, "body", schema=body.schema)
        members: dict[str, Any] = {}
        for argument, name in body.members.items():
            value = arguments.get(argument)
            if is_given(value) or (value is None and argument in body.nulls):
                members[name] = value
        if not members and not body.required:
            return omit
        return self.encoded(members, schema=body.schema)

    def with_members(self, body: Any, extra: object, name: str) -> Any:
        """Add the members of an argument to a body that is an object, or to none."""
        members = self.encoded(extra, name)
        body = {} if body is omit else body
        if is_object(body) and is_object(members):
            return body | members
        which = "the body" if is_object(members) else "it"
        reason = f"cannot be added to the body, because {which} is not an object"
        raise self.refusal(Violation("type object", reason, "", (name,), extra))

    def query(self, query: Query | None) -> dict[str, QueryPairs]:
        """Write query parameters that the document does not describe."""
        if not query:
            return {}
        return {
            name: bracketed(self.encoded(name, "query"), self.encoded(value, name))
            for name, value in by_name(query, "a query").items()
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

    def encoded(self, value: Any, *name: str, schema: Schema | None = None) -> Any:
        """Return a value as plain JSON data, checked if there is a schema."""
        try:
            encoded = encode(value)
        except EncodingError as error:
            path = (*name, *error.path)
            violation = Violation("JSON", error.reason, "", path, error.value)
            raise self.refusal(violation) from None
        except RecursionError:
            reason = "is nested too deeply, or contains itself"
            violation = Violation("JSON", reason, "", name, value)
            raise self.refusal(violation) from None
        if schema is not None and self.validate:
            found = schema.violation(encoded)
            if found is not None:
                raise self.refusal(found._replace(path=(*name, *found.path)))
        return encoded

    def refusal(self, violation: Violation) -> RequestValidationError:
        """Return the error of an argument; its name begins the violation's path."""
        name = ".".join(str(step) for step in violation.path) or "body"
        pointer = violation.pointer
        where = f" ({self.document}{pointer})" if pointer else ""
        shown = "" if violation.bound == "required" else f" {_shown(violation.value)}"
        url = absolute_url(masked_url(self.base_url), self.path)
        return RequestValidationError(
            f"{name}:{shown} {violation.reason}{where}",
            httpx.Request(self.method, url),
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


def _document_headers(
    operation: Operation, stream: bool, has_content: bool
) -> dict[str, str]:
    response = operation.response
    accepted: dict[str, None] = {"text/event-stream": None} if stream else {}
    if response is not None and not stream:
        for one in (response, *response.others.values()):
            if one.schema is not None:
                accepted[one.media_type] = None  # each once, in their order
    headers = {"accept": ", ".join(accepted) or "application/json"}
    if operation.body is not None and has_content:
        headers["content-type"] = operation.body.media_type
    for parameter in operation.parameters:
        if parameter.location == "header" and parameter.default is not None:
            headers[parameter.name] = parameter.default
    return headers


def _warn_of_deprecated(
    api_spec: ApiSpec, operation: Operation, arguments: Mapping[str, Any]
) -> None:
    """Warn the code that made a call, once for each deprecated thing that it uses."""
    deprecated = [operation.name] if operation.deprecated else []
    for name in sorted(operation.deprecated_arguments):
        if is_given(arguments.get(name)):
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
