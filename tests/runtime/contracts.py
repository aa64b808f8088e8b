"""A small contract of another API, so that the runtime is seen to know none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar

import attrs
import httpx

from text_completions_runtime import (
    MISSING,
    ApiSpec,
    APIStatusError,
    Body,
    Credential,
    Environment,
    ErrorClasses,
    FieldPath,
    Model,
    Operation,
    Parameter,
    ResponseSpec,
    Schemas,
    StreamSpec,
    VersionRule,
)
from text_completions_runtime._error_factory import ErrorFactory

_M = TypeVar("_M", bound=Model)

KEY = "sk-very-secret-0123"


class StatusError(APIStatusError):
    TYPE_PATH: ClassVar[tuple[str, ...]] = ("error", "type")
    REQUEST_ID: ClassVar[str] = "x-request"


class TeapotError(StatusError):
    pass


class ServerError(StatusError):
    pass


@attrs.define(init=False, eq=False, repr=False, kw_only=True)
class Part(Model):
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (("text", "text"),)
    REQUIRED: ClassVar[frozenset[str]] = frozenset(["text"])
    text: str

    def __init__(self, *, text: str) -> None:
        self.text = text

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        return _filled(cls, source)


@attrs.define(init=False, eq=False, repr=False, kw_only=True)
class Thing(Model):
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("name", "name"),
        ("kind", "type"),
        ("part", "part"),
        ("parts", "parts"),
    )
    REQUIRED: ClassVar[frozenset[str]] = frozenset(["name"])
    name: str
    kind: str | None = MISSING
    part: Part | None = MISSING
    parts: list[Part] | None = MISSING

    def __init__(
        self,
        *,
        name: str,
        part: Part | None = MISSING,
        parts: list[Part] | None = MISSING,
    ) -> None:
        self.name = name
        if part is not MISSING:
            self.part = part
        if parts is not MISSING:
            self.parts = parts

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        self = _filled(cls, source)
        if "part" in source:
            self.part = Part.decode(source["part"])
        if "parts" in source:
            self.parts = [Part.decode(one) for one in source["parts"]]
        return self


def _filled(cls: type[_M], source: Mapping[str, Any]) -> _M:
    self = cls.__new__(cls)
    for name, wire_name in cls.FIELDS:
        if wire_name in source:
            setattr(self, name, source[wire_name])
    self._set_extra(source)
    return self


SCHEMAS = Schemas(
    {
        "#/components/schemas/Part": {
            "type": "object",
            "additionalProperties": False,
            "required": ["text"],
            "properties": {"text": {"type": "string", "maxLength": 5}},
        },
        "#/components/schemas/Thing": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "part": {"$ref": "#/components/schemas/Part"},
                "count": {"type": "integer", "minimum": 1, "maximum": 9},
                "stream": {"type": "boolean"},
            },
        },
        "#/components/schemas/Tree": {
            "type": "object",
            "additionalProperties": {"$ref": "#/components/schemas/Tree"},
        },
    }
)

CONTRACT = ApiSpec(
    name="things_test",
    user_agent="things/1",
    base_url="https://things.test/v0",
    credentials=(
        Credential(argument="key", header="X-Key", environment="THINGS_KEY"),
        Credential(
            argument="token",
            header="authorization",
            prefix="Bearer ",
            environment="THINGS_TOKEN",
        ),
    ),
    environment=Environment(
        base_url="THINGS_URL", custom_headers="THINGS_HEADERS", log="THINGS_LOG"
    ),
    errors=ErrorClasses(
        by_status={418: TeapotError},
        by_range={5: ServerError},
        by_type={"teapot_error": TeapotError},
        other=StatusError,
    ),
    request_id="x-request",
    schemas=SCHEMAS,
    document="things.yaml",
)
FAILURES = ErrorFactory(CONTRACT)


def parameter(name: str, location: Any, **changes: Any) -> Parameter:
    settings: dict[str, Any] = {
        "argument": name.replace("-", "_"),
        "name": name,
        "location": location,
        "required": False,
        "schema": {},
    } | changes
    pointer = f"#/components/parameters/{name}"
    return Parameter(**settings | {"schema": SCHEMAS.at(pointer, settings["schema"])})


STREAM: StreamSpec = StreamSpec(
    events={"thing": Thing, "end": Part},
    schemas={"thing": "#/components/schemas/Thing"},
    ignore=frozenset(["ping"]),
    error="error",
    text=FieldPath("thing", ("part", "text")),
    last=FieldPath("thing", ("type",)),
    switch="stream",
    version="x-version",
    versions={
        "2": VersionRule(),
        "1": VersionRule(unnamed="thing", cumulative=True, end="[DONE]"),
    },
)

BODY = Body(
    media_type="application/json",
    schema=SCHEMAS["#/components/schemas/Thing"],
    members={"name": "name", "part": "part", "count": "count", "stream": "stream"},
)

CREATE: Operation = Operation(
    name="things.create",
    method="POST",
    path="/things",
    parameters=(
        parameter(
            "x-version", "header", argument="version", required=True, default="2"
        ),
    ),
    body=BODY,
    response=ResponseSpec(
        model=Thing,
        schema=SCHEMAS["#/components/schemas/Thing"],
    ),
    stream=STREAM,
)


def request(url: str = "https://things.test/v0/things") -> httpx.Request:
    headers = {"X-Key": KEY, "authorization": f"Bearer {KEY}"}
    return httpx.Request("POST", url, headers=headers, content=b"{}")


def response(
    status: int = 200, content: bytes = b"{}", **headers: str
) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named, content=content, request=request())
