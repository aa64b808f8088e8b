"""The data that an emitted client holds about its document, for this runtime.

These are NamedTuples because every import of a client creates the classes: 13 take
1.2 ms, and 3.2 ms with attrs. See "import" in `make bench`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from ._errors import APIStatusError
from ._models import Model
from ._validation import Schema, Schemas


class Credential(NamedTuple):
    """A secret that authenticates: an argument of the client, sent in a header.

    Attributes:
        argument: The name of the client's argument and attribute.
        header: The header that carries it.
        prefix: The text before the secret in the header, for example `Bearer `.
        environment: The environment variable to read if no argument is passed.
    """

    argument: str
    header: str
    prefix: str = ""
    environment: str | None = None


class Environment(NamedTuple):
    """Names of the environment variables that a client reads, or None."""

    base_url: str | None = None
    custom_headers: str | None = None
    log: str | None = None


class ErrorClasses(NamedTuple):
    """Which exception class an error response or error event becomes.

    Attributes:
        by_status: By status, for example 429.
        by_range: By the first digit of the status, for example 5.
        by_type: By the type of error in an error event, for example
            `overloaded_error`.
        other: For all other errors.
    """

    by_status: Mapping[int, type[APIStatusError]]
    by_range: Mapping[int, type[APIStatusError]]
    by_type: Mapping[str, type[APIStatusError]]
    other: type[APIStatusError]

    def of_status(self, status: int) -> type[APIStatusError]:
        """Return the class for a response with this status."""
        by_range = self.by_range.get(status // 100, self.other)
        return self.by_status.get(status, by_range)

    def status_of(self, cls: type[APIStatusError]) -> int | None:
        """Return the status that a class stands for, or None for a general class."""
        for status, other in self.by_status.items():
            if other is cls:
                return status
        return None

    def of_payload(self, payload: object) -> type[APIStatusError]:
        """Return the class for an error event with this payload."""
        return self.by_type.get(self.other.kind(payload) or "", self.other)


class ApiSpec(NamedTuple):
    """Everything that the calls of one client have in common.

    Attributes:
        name: The name of the distribution and of the logger.
        user_agent: The value of the header `user-agent`.
        base_url: The server that the document names.
        credentials: The ways to authenticate; any one of them is enough.
        environment: The environment variables to read.
        errors: The exception classes.
        request_id: The response header that names the exchange.
        schemas: The schemas of the document.
        document: The name of the document in messages.
        workspace_id: The response header that names the caller's workspace.
        headers: Headers of every request, unless the caller sets others.
    """

    name: str
    user_agent: str
    base_url: str
    credentials: tuple[Credential, ...]
    environment: Environment
    errors: ErrorClasses
    request_id: str
    schemas: Schemas
    document: str
    workspace_id: str = ""
    headers: Mapping[str, str] = {}

    @property
    def secret_headers(self) -> frozenset[str]:
        """The headers that carry credentials, in lower case."""
        return frozenset(one.header.lower() for one in self.credentials)


class Parameter(NamedTuple):
    """A parameter in the path, the query, a header or a cookie.

    Attributes:
        argument: The keyword argument of the method.
        name: The name in the request.
        location: Where the request carries it.
        required: Whether a call without it is refused.
        schema: The schema of its value.
        default: The value to send if neither the caller nor the client sets one.
        explode: Whether an array is sent as several parameters of this name.
    """

    argument: str
    name: str
    location: Literal["path", "query", "header", "cookie"]
    required: bool
    schema: Schema
    default: str | None = None
    explode: bool = False


class Body(NamedTuple):
    """The body of a request.

    Attributes:
        media_type: `application/json` or `application/x-www-form-urlencoded`.
        schema: The schema of the body.
        members: The members of the object by argument; None if the single argument
            `body` is the whole body.
        required: Whether a body is sent even if the call passes nothing for it.
        nulls: The arguments that are sent as null when they are None, because they
            are required.
    """

    media_type: str
    schema: Schema
    members: Mapping[str, str] | None
    required: bool = True
    nulls: frozenset[str] = frozenset()


class ResponseSpec(NamedTuple):
    """The body of a successful response, and what a call returns for it.

    Attributes:
        model: The model of a JSON object; None if the JSON is not an object.
        schema: The schema that a strict client checks; None if there is no body.
        media_type: The declared media type. JSON is decoded, text is returned as str,
            everything else as bytes.
        decode: Converts JSON that is not an object.
        others: The responses with other statuses of success.
    """

    model: type[Model] | None = None
    schema: Schema | None = None
    media_type: str = "application/json"
    decode: Callable[[Any], Any] | None = None
    others: Mapping[int, ResponseSpec] = {}


class FieldPath(NamedTuple):
    """A member of an event's payload.

    Attributes:
        event: The name of the event.
        path: The names of the members that lead to it. None is the event itself.
    """

    event: str
    path: tuple[str, ...] | None = None


class VersionRule(NamedTuple):
    """How one version of the wire format writes a stream.

    Attributes:
        unnamed: The event that an event without a name is; None where its data says it
            in the member `type`.
        cumulative: Whether each text repeats all the text before it.
        end: The data that marks the end, for example `[DONE]`.
    """

    unnamed: str | None = None
    cumulative: bool = False
    end: str | None = None


class AccumulationStep(NamedTuple):
    """What an event adds to the final response.

    Attributes:
        event: The name of the event.
        source: The path in the payload to what is added; empty is the whole payload.
        target: The path in the response to where it goes; empty is all of it. A
            step `{name}` is the value of that member of the payload.
        how: `merge` replaces members of an object, `put` replaces a value, `append`
            adds text to text.
    """

    event: str
    source: tuple[str, ...]
    target: tuple[str, ...]
    how: Literal["merge", "put", "append"]


class Accumulation(NamedTuple):
    """How the events of a stream add up to the response of a call without one."""

    model: type[Model]
    steps: tuple[AccumulationStep, ...]


class StreamSpec(NamedTuple):
    """The events of a streamed response.

    Attributes:
        events: The models of the events that callers see, by name.
        schemas: The references to the schemas of their payloads, by name.
        ignore: Names of events that callers do not see.
        error: The name of the event that ends a stream with an error.
        text: The member that holds the text.
        last: The event that ends the stream, or the member that is not null then.
        switch: The member of the request body that asks for a stream.
        version: The header that selects among `versions`.
        versions: The rules by version.
        final: How the events add up, if the document describes it.
    """

    events: Mapping[str, type[Model]]
    schemas: Mapping[str, str]
    ignore: frozenset[str]
    error: str | None
    text: FieldPath | None
    last: FieldPath | None
    switch: str | None
    version: str | None
    versions: Mapping[str, VersionRule]
    final: Accumulation | None = None


class Operation(NamedTuple):
    """One operation of the document.

    Attributes:
        name: The name that callers use, for example `completions.create`.
        method: The HTTP method.
        path: The path, with `{name}` for each path parameter.
        parameters: What the request carries outside of its body.
        body: The body of the request.
        response: The successful response without a stream.
        stream: The streamed response.
        deprecated: Whether a call gets a warning.
        deprecated_arguments: The arguments for which a call gets a warning.
    """

    name: str
    method: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    response: ResponseSpec | None = None
    stream: StreamSpec | None = None
    deprecated: bool = False
    deprecated_arguments: frozenset[str] = frozenset()
