"""From the arguments of a call to what is sent. Pure: nothing is sent here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import httpx

from ._deprecation import warn_of_deprecated
from ._encoding import EncodingError, encode, to_json
from ._errors import RequestValidationError
from ._headers import Headers, merged_headers
from ._parameters import form_of, headers_of, path_of, query_of
from ._redact import masked_url
from ._spec import ApiSpec, Body, Operation, Parameter
from ._types import NotGiven, Null, Omit, is_given, is_object, not_given, omit
from ._urls import NO_URL, absolute_url
from ._validation import Violation, first_violation

__all__ = ["Options", "Outgoing", "Query", "prepare"]

Query: TypeAlias = Mapping[str, object]
"""Query parameters by name."""

_FORM = "application/x-www-form-urlencoded"
_SHOWN = 60  # characters of a value that an error message quotes


class Options(NamedTuple):
    """What a caller says about one call beside the arguments of the contract.

    Attributes:
        extra_headers: Headers to add or, with `omit`, to take away.
        extra_query: Query parameters to add.
        extra_body: Members to put into the body last, unchecked.
        timeout: Seconds, or an `httpx.Timeout`; None waits for ever.
        max_retries: Attempts that may follow the first; None is as many as the
            client allows.
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


class Outgoing(NamedTuple):
    """A request without its credentials.

    Attributes:
        method: The HTTP method.
        url: Where it goes, with its query.
        defaults: Headers for what neither client nor caller says.
        headers: The headers that the call itself asks for.
        content: The body.
        stream: Whether the call asks for a stream.
        authenticated: Whether it may carry the client's credentials.
    """

    method: str
    url: httpx.URL
    defaults: Mapping[str, str | Omit]
    headers: Mapping[str, str | Omit]
    content: bytes | None
    stream: bool
    authenticated: bool = True


def prepare(
    api_spec: ApiSpec,
    operation: Operation[Any, Any],
    arguments: Mapping[str, Any],
    options: Options,
    *,
    base_url: httpx.URL,
    default_query: Query,
    validate: bool,
) -> Outgoing:
    """Encode and check the arguments of a call.

    Raises:
        RequestValidationError: An argument breaks the contract, or has no form
            in JSON.
    """
    check = _Checker(api_spec, operation, base_url, validate)
    given = {name: value for name, value in arguments.items() if is_given(value)}
    warn_of_deprecated(api_spec, operation, given)
    sent = [
        (parameter, check.parameter(parameter, given.get(parameter.argument)))
        for parameter in operation.parameters
    ]
    body = check.body(operation.body, arguments, given) if operation.body else omit
    stream = _wants_stream(operation, body)
    query = query_of(
        check.query(default_query), sent, check.query(options.extra_query or {})
    )
    body = _with_extra(body, options.extra_body, check)
    content = _content(operation.body, body)
    return Outgoing(
        method=operation.method,
        url=check.place(path_of(operation.path, sent) + query),
        defaults=_default_headers(operation, stream, content is not None),
        headers=merged_headers(headers_of(sent), options.extra_headers),
        content=content,
        stream=stream,
    )


@lru_cache(maxsize=32)
def _parsed_url(url: str) -> httpx.URL:
    """Parse a URL. Most calls of a program go to the same one, and URLs are fixed."""
    return httpx.URL(url)


class _Checker(NamedTuple):
    """Encodes values and checks them; `validate` off leaves checks to the server."""

    api_spec: ApiSpec
    operation: Operation[Any, Any]
    base_url: httpx.URL
    validate: bool

    def parameter(self, parameter: Parameter, value: Any) -> Any:
        if value is None:
            if parameter.required and parameter.default is None and self.validate:
                raise self._refusal(_missing(parameter.argument, parameter.pointer), ())
            return None
        path = (parameter.argument,)
        if isinstance(value, Null):
            reason = "has no form outside of a JSON body"
            raise self._refusal(Violation((), None, "null", reason, ""), path)
        return self._checked(value, parameter.schema, parameter.pointer, path)

    def body(
        self, body: Body, arguments: Mapping[str, Any], given: Mapping[str, Any]
    ) -> Any:
        """Encode the body; `omit` where there need not be one, and nothing is given."""
        if body.nulls:
            nulls = {name: None for name in body.nulls if arguments.get(name) is None}
            given = {**given, **nulls}
        if body.members is None:
            if "body" not in given and not body.required:
                return omit
            whole = given.get("body")
            return self._checked(whole, body.schema, body.pointer, ("body",))
        value = {
            name: given[argument]
            for argument, name in body.members.items()
            if argument in given
        }
        if not value and not body.required:
            return omit
        return self._checked(value, body.schema, body.pointer, ())

    def query(self, given: Query) -> dict[str, Any]:
        return {
            self.encoded(name, ("query",)): self.encoded(value, (name,))
            for name, value in given.items()
            if is_given(value)
        }

    def place(self, path: str) -> httpx.URL:
        try:
            return _parsed_url(absolute_url(self.base_url, path))
        except NO_URL as error:
            reason = f"makes no URL: {error}"
            raise self._refusal(
                Violation((), path, "URL", reason, ""), ("path",)
            ) from None

    def encoded(self, value: Any, path: tuple[str | int, ...]) -> Any:
        try:
            return encode(value)
        except EncodingError as error:
            violation = Violation(error.path, error.value, "JSON", error.reason, "")
        except RecursionError:
            reason = "is nested too deeply, or contains itself"
            violation = Violation((), value, "JSON", reason, "")
        raise self._refusal(violation, path)

    def _checked(
        self, value: Any, schema: Any, pointer: str, path: tuple[str | int, ...]
    ) -> Any:
        encoded = self.encoded(value, path)
        if self.validate:
            found = first_violation(encoded, schema, self.api_spec.schemas, pointer)
            if found is not None:
                raise self._refusal(found, path)
        return encoded

    def _refusal(
        self, found: Violation, path: tuple[str | int, ...]
    ) -> RequestValidationError:
        name = ".".join(str(step) for step in (*path, *found.path)) or "body"
        where = f" ({self.api_spec.document}{found.pointer})" if found.pointer else ""
        shown = "" if found.bound == "required" else f" {_shown(found.value)}"
        return RequestValidationError(
            f"{name}:{shown} {found.reason}{where}",
            httpx.Request(
                self.operation.method,
                absolute_url(masked_url(self.base_url), self.operation.path),
            ),
            parameter=name,
            value=found.value,
            bound=found.bound,
            pointer=found.pointer,
        )


def _missing(name: str, pointer: str) -> Violation:
    return Violation((name,), None, "required", "is missing and required", pointer)


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except Exception:  # whatever a caller's own class, or a huge number, may raise
        text = f"a {type(value).__name__}"
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _wants_stream(operation: Operation[Any, Any], body: Any) -> bool:
    if operation.stream is None:
        return False
    if operation.stream.switch is None:
        return operation.answer is None
    return is_object(body) and body.get(operation.stream.switch) is True


def _with_extra(body: Any, extra: object | None, check: _Checker) -> Any:
    if extra is None:
        return body
    encoded = check.encoded(extra, ("extra_body",))
    if is_object(body) and is_object(encoded):
        return body | encoded
    return encoded


def _content(body: Body | None, value: Any) -> bytes | None:
    if isinstance(value, Omit):
        return None
    if (
        is_object(value)
        and body is not None
        and body.media_type == "application/x-www-form-urlencoded"
    ):
        return form_of(value)
    return to_json(value)


def _default_headers(
    operation: Operation[Any, Any], stream: bool, has_content: bool
) -> dict[str, str]:
    headers = {"accept": _accepted(operation, stream)}
    if operation.body is not None and has_content:
        headers["content-type"] = operation.body.media_type
    for parameter in operation.parameters:
        if parameter.location == "header" and parameter.default is not None:
            headers[parameter.name] = parameter.default
    return headers


def _accepted(operation: Operation[Any, Any], stream: bool) -> str:
    if stream:
        return "text/event-stream"
    answer = operation.answer
    if answer is None:
        return "application/json"
    listed = [answer, *answer.others.values()]
    kinds = [one.media_type for one in listed if one.schema is not None]
    return ", ".join(dict.fromkeys(kinds)) or "application/json"
