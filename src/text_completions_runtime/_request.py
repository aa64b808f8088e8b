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
    Sent,
    absolute_url,
    content_of,
    encode,
    headers_of,
    path_of,
    query_by_name,
    query_of,
)
from ._errors import RequestValidationError
from ._headers import Headers, merged_headers
from ._redact import masked_text, masked_url
from ._spec import ApiSpec, Body, Operation, Parameter, ResponseSpec
from ._types import (
    NotGiven,
    Null,
    Omit,
    is_given,
    is_object,
    not_given,
    omit,
)
from ._urls import URL_ERRORS, is_http
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
    given = {
        name: value
        for name, value in arguments.items()
        if value is not omit and is_given(value)  # most are `omit`
    }
    _warn_of_deprecated(api_spec, operation, given)
    sent = encoder.parameters(operation.parameters, given)
    body = encoder.body(operation.body, arguments, given) if operation.body else omit
    stream = _wants_stream(operation, body)
    if options.extra_body is not None:
        body = encoder.with_members(body, options.extra_body, "extra_body")
    content = content_of(body, operation.body.media_type if operation.body else "")
    headers: Headers = headers_of(sent)
    if options.extra_headers:
        headers = merged_headers(headers, options.extra_headers)
    query = query_of(
        encoder.query(default_query), sent, encoder.query(options.extra_query)
    )
    path = path_of(operation.path, sent)
    return Outgoing(
        method=operation.method,
        url=encoder.url(absolute_url(base_url, path + query), "path"),
        document_headers=_document_headers(operation, stream, content is not None),
        headers=headers,
        content=content,
        stream=stream,
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

    def parameters(
        self, parameters: Iterable[Parameter], given: Mapping[str, Any]
    ) -> Sent:
        """Encode the parameters that a call passes, and that have something to write.

        An empty list has no text: RFC 6570, 2.3 calls it undefined, and servers refuse
        a header without a value.
        """
        sent: Sent = []
        for parameter in parameters:
            name, pointer = parameter.argument, parameter.schema.pointer
            value = given.get(name)
            if value is None:
                if parameter.required and parameter.default is None and self._validate:
                    reason = "is missing and required"
                    raise self.refusal(Violation("required", reason, pointer, (name,)))
                continue
            if isinstance(value, Null):
                reason = "can only be null in a JSON body"
                raise self.refusal(Violation("null", reason, "", (name,), value))
            encoded = self._checked(value, parameter.schema, name)
            if parameter.location == "path" and encoded in ("", []):
                reason = "is empty, which would make the path of another operation"
                raise self.refusal(Violation("path", reason, pointer, (name,), encoded))
            if encoded != [] or parameter.required:
                sent.append((parameter, encoded))
        return sent

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

    def with_members(self, body: Any, extra: object, name: str) -> Any:
        """Add the members of an argument to a body that is an object, or to none."""
        members = self.encoded(extra, name)
        body = {} if body is omit else body
        if is_object(body) and is_object(members):
            return body | members
        which = "the body" if is_object(members) else "it"
        reason = f"cannot be added to the body, because {which} is not an object"
        raise self.refusal(Violation("type object", reason, "", (name,), extra))

    def query(self, query: Query | None) -> dict[str, Any]:
        """Encode query parameters that the document does not describe."""
        if not query:
            return {}
        return {
            self.encoded(name, "query"): self.encoded(value, name)
            for name, value in query_by_name(query, "a query").items()
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


def _document_headers(
    operation: Operation, stream: bool, has_content: bool
) -> dict[str, str]:
    accepted = "text/event-stream" if stream else _accepted(operation.response)
    headers = {"accept": accepted}
    if operation.body is not None and has_content:
        headers["content-type"] = operation.body.media_type
    for parameter in operation.parameters:
        if parameter.location == "header" and parameter.default is not None:
            headers[parameter.name] = parameter.default
    return headers


def _accepted(response: ResponseSpec | None) -> str:
    types: dict[str, None] = {}  # in their order, each once
    for one in (response, *response.others.values()) if response else ():
        if one.schema is not None:
            types[one.media_type] = None
    return ", ".join(types) or "application/json"


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
