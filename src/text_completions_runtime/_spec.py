"""What an emitted client says of its document, as data for this runtime."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import methodcaller
from types import MappingProxyType
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from ._errors import APIStatusError
from ._models import Model
from ._types import is_object
from ._validation import Schema

__all__ = [
    "Accumulation",
    "AccumulationStep",
    "ApiSpec",
    "Body",
    "Credential",
    "Environment",
    "ErrorClasses",
    "FieldPath",
    "Member",
    "Operation",
    "Parameter",
    "ResponseSpec",
    "StreamSpec",
    "VersionRule",
]

T = TypeVar("T")
E = TypeVar("E")


class Credential(NamedTuple):
    """A secret that authenticates: an argument of the client, sent in a header.

    Attributes:
        argument: The name of the client's argument and attribute.
        header: The header that carries it.
        prefix: What the header says before the secret, `Bearer `.
        environment: The variable that holds it where no argument is passed.
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
    """Which exception an error is.

    Attributes:
        by_status: For one status, 429.
        by_range: For a class of statuses by its first digit, 5.
        by_type: For the kind that an error event names, `overloaded_error`.
        other: For all the rest.
    """

    by_status: Mapping[int, type[APIStatusError]]
    by_range: Mapping[int, type[APIStatusError]]
    by_type: Mapping[str, type[APIStatusError]]
    other: type[APIStatusError]

    def of_status(self, status: int) -> type[APIStatusError]:
        """Return the class of an answer with this status."""
        by_range = self.by_range.get(status // 100, self.other)
        return self.by_status.get(status, by_range)

    def status_of(self, cls: type[APIStatusError]) -> int | None:
        """Return the status that a class stands for, or None for a general one."""
        found = [status for status, other in self.by_status.items() if other is cls]
        return found[0] if found else None

    def of_payload(self, payload: object) -> type[APIStatusError]:
        """Return the class of an error event with this payload."""
        return self.by_type.get(self.other.kind(payload) or "", self.other)


class ApiSpec(NamedTuple):
    """All that one client's calls have in common.

    Attributes:
        name: The distribution's name and the logger's.
        user_agent: What the client calls itself.
        base_url: Where the document says that the service is.
        credentials: The ways to authenticate; any one will do.
        environment: The variables that are read.
        errors: The exceptions.
        request_id: The header of an answer that names the exchange.
        workspace_id: The header of an answer that names the caller's workspace.
        headers: Headers of every request, unless a caller says otherwise.
        schemas: The schemas of the document by reference (`#/components/…`).
        document: How messages name the document.
    """

    name: str
    user_agent: str
    base_url: str
    credentials: tuple[Credential, ...]
    environment: Environment
    errors: ErrorClasses
    request_id: str
    schemas: Mapping[str, Schema]
    document: str
    workspace_id: str = ""
    headers: Mapping[str, str] = {}

    @property
    def secret_headers(self) -> frozenset[str]:
        """The headers that carry credentials, in lower case."""
        return frozenset(one.header.lower() for one in self.credentials)


class Parameter(NamedTuple):
    """A parameter that is sent outside of the body.

    Attributes:
        argument: The keyword argument of the method.
        name: The name on the wire.
        location: Where it is sent.
        required: Whether a call without it is refused.
        schema: What its value must match.
        pointer: Where the document describes it.
        default: What is sent where neither caller nor client names a value.
        explode: Whether an array is sent as several parameters of the name.
        deprecated: Whether a call that gives it is warned.
    """

    argument: str
    name: str
    location: Literal["path", "query", "header", "cookie"]
    required: bool
    schema: Schema
    pointer: str
    default: str | None = None
    explode: bool = False
    deprecated: bool = False


class Body(NamedTuple):
    """What a call sends.

    Attributes:
        media_type: `application/json` or `application/x-www-form-urlencoded`.
        schema: What the body must match.
        pointer: Where the document describes it.
        members: The members of the object by argument; None where the one
            argument `body` is all of it.
        required: Whether it is sent when a call gives nothing of it.
        nulls: The arguments whose None is null: they cannot be left out.
        deprecated: The arguments of which a call is warned.
    """

    media_type: str
    schema: Schema
    pointer: str
    members: Mapping[str, str] | None
    required: bool = True
    nulls: frozenset[str] = frozenset()
    deprecated: frozenset[str] = frozenset()


class ResponseSpec(NamedTuple, Generic[T]):
    """What a call returns.

    Attributes:
        model: The model of an object; None where the JSON is not an object.
        schema: What a strict client checks it against; None where the contract
            says nothing, so there is no answer to decode.
        pointer: Where the document describes it.
        media_type: The declared type of the body: JSON is decoded, text is a
            str, all else are bytes.
        decode: Makes what is returned of JSON that is not an object.
        others: What is returned for successes of other statuses.
    """

    model: type[Model] | None
    schema: Schema | None
    pointer: str
    media_type: str = "application/json"
    decode: Callable[[Any], Any] | None = None
    others: Mapping[int, ResponseSpec[Any]] = MappingProxyType({})


class FieldPath(NamedTuple):
    """A member of an event: the event's name, and the path to it in the payload."""

    event: str
    path: tuple[str, ...] | None = None

    def read(self, payload: Any) -> Any:
        """Return the member, or None where the payload has none."""
        for step in self.path or ():
            payload = payload.get(step) if is_object(payload) else None
        return payload

    def reader(self) -> Callable[[dict[str, Any]], Any]:
        """Return `read` for the payloads of many events: quick for a path of one."""
        if self.path is not None and len(self.path) == 1:
            return methodcaller("get", self.path[0])
        return self.read


class VersionRule(NamedTuple):
    """How one version of the wire format writes a stream.

    Attributes:
        unnamed: The event that an event without a name is.
        cumulative: Whether each text repeats all the text before it.
        end: The data that marks the end.
    """

    unnamed: str | None = None
    cumulative: bool = False
    end: str | None = None


class Member(NamedTuple):
    """A step of a path that the event names: by the value of its own member."""

    name: str


class AccumulationStep(NamedTuple):
    """What an event adds to the whole answer.

    Attributes:
        event: The event.
        source: The path to what it adds, in its payload; empty is all of it.
        target: The path to where that goes, in the answer; empty is the answer.
        how: `merge` lets its members replace those there, `put` replaces what is
            there, `append` adds text to text.
    """

    event: str
    source: tuple[str, ...]
    target: tuple[str | Member, ...]
    how: Literal["merge", "put", "append"]


class Accumulation(NamedTuple):
    """How the events of a stream add up to the answer that JSON would have been."""

    model: type[Model]
    parts: tuple[AccumulationStep, ...]


class StreamSpec(NamedTuple, Generic[E]):
    """What a streamed answer is made of.

    Attributes:
        events: The models of the events that callers see, by name.
        schemas: Where the document describes their payloads, by name.
        ignore: Names of events that carry nothing for a caller.
        error: The name of the event that ends a stream with an error.
        text: Which member is the text.
        last: Which event, or which member that is not null, marks the end.
        switch: The member of the body that asks for a stream.
        version: The header that selects among `versions`.
        versions: The rules by version.
        final: How the events add up to the whole answer, where the document says so.
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

    def rule(self, version: str | None) -> VersionRule:
        """Return how this version writes; for an unknown one, as the first does."""
        if version is not None and version in self.versions:
            return self.versions[version]
        return next(iter(self.versions.values()), VersionRule())


class Operation(NamedTuple, Generic[T, E]):
    """One operation of the contract.

    Attributes:
        name: How callers name it, `completions.create`.
        method: The HTTP method.
        path: The path, with `{name}` where a parameter goes.
        parameters: What is sent outside of the body.
        body: What is sent as the body.
        answer: What is returned.
        stream: How the answer is streamed, if it can be.
        deprecated: Whether a call is warned.
    """

    name: str
    method: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    answer: ResponseSpec[T] | None = None
    stream: StreamSpec[E] | None = None
    deprecated: bool = False
