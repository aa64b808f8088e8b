"""What the templates of an operation and of a resource need to know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import ModelProperty

from document.opc_input import JSON, is_json
from document.operation_checks import BYTES, operation_name, parameters_of
from document.supported import STREAM, SupportedDocument
from text_completions_document import below, parts_of

from .naming import argument_name, method_name
from .prose import documented, is_deprecated, operation_docstring
from .streams import StreamView, stream_view
from .text import Code, call, entry, schema_at
from .types import Types, alternatives, members, union, wire_name


class Argument(NamedTuple):
    """A keyword argument of an emitted method.

    Attributes:
        name: The argument.
        required: Whether the method demands it.
        type: Its type as callers pass it.
        doc: The entry of the docstring.
        is_switch: Whether it asks for a stream.
        takes_null: Whether null is among its values: `None` if it is required.
        is_deprecated: Whether a call that passes it gets a warning.
    """

    name: str
    required: bool
    type: str
    doc: str
    is_switch: bool = False
    takes_null: bool = False
    is_deprecated: bool = False

    @property
    def annotation(self) -> str:
        """The type within a signature."""
        if self.required:
            return self.type
        null = ["Null"] if self.takes_null else []
        return union([self.type, *null, "Omit", "None"])


class ResponseView(NamedTuple):
    """What a call returns, and the members of its `ResponseSpec`.

    Attributes:
        type: The type that the method returns.
        pointer: The schema of the body, or the response if it has none.
        spec: The members. Without `schema` it is a response without a body.
    """

    type: str
    pointer: str
    spec: dict[str, Any]


class OperationView(NamedTuple):
    """An operation as its templates see it; `code` is the operation as data."""

    module: str
    tag: str
    verb: str
    title: str
    arguments: list[Argument]
    response_type: str
    stream: StreamView | None
    doc: str
    code: Code

    @property
    def switch(self) -> Argument | None:
        """The argument that asks for a stream."""
        return next((one for one in self.arguments if one.is_switch), None)


class Operations:
    """Views of the operations of a document."""

    def __init__(
        self, document: SupportedDocument, types: Types, errors: dict[int, str]
    ) -> None:
        self._document = document
        self._types = types
        self._errors = errors
        self._described = {
            operation_name(operation["operationId"]): (pointer, operation)
            for pointer, operation in document.operations()
        }

    def view(self, endpoint: Endpoint, tag: str) -> OperationView:
        """Return what the templates need."""
        module = str(endpoint.name)
        pointer, operation = self._described[module]
        response = self._response(endpoint, operation, pointer)
        whole = None
        if response is not None and response.spec["model"] is not None:
            whole = (response.spec["model"], response.pointer)
        stream = stream_view(self._document, self._types, pointer, module, whole)
        body_arguments, body = self._body(endpoint, operation, pointer, stream)
        self._check_switch(pointer, stream, response, body_arguments)
        parameters = self._parameters(endpoint, pointer)
        arguments = body_arguments + [argument for argument, _ in parameters]
        self._check_arguments(arguments, pointer)
        arguments.sort(key=lambda one: not one.required)
        deprecated = [one.name for one in arguments if one.is_deprecated]
        verb = method_name(operation["operationId"], tag)
        method, path = endpoint.method.upper(), parts_of(pointer)[1]
        spec = {
            "name": f"{tag}.{verb}",
            "method": method,
            "path": path,
            "parameters": tuple(code for _, code in parameters),
            "body": body,
            "response": response and call("ResponseSpec", **response.spec),
            "stream": stream and stream.code,
            "deprecated": operation.get("deprecated"),
            "deprecated_arguments": deprecated and call("frozenset", deprecated),
        }
        return OperationView(
            module=module,
            tag=tag,
            verb=verb,
            title=f"{method} {path}",
            arguments=arguments,
            response_type=response.type if response else "None",
            stream=stream,
            doc=operation_docstring(
                self._document,
                pointer,
                [one.doc for one in arguments],
                _returned(response, stream),
                self._errors,
            ),
            code=call(
                "Operation", **{name: value for name, value in spec.items() if value}
            ),
        )

    def _check_switch(
        self,
        pointer: str,
        stream: StreamView | None,
        response: ResponseView | None,
        arguments: list[Argument],
    ) -> None:
        if stream is None:
            return
        if (stream.switch is None) is not (response is None):
            reason = (
                "a switch chooses between JSON and a stream: describe the switch and "
                "JSON, or neither"
            )
            raise self._document.error(pointer, reason)
        if stream.switch and not any(one.is_switch for one in arguments):
            reason = f"the switch {stream.switch!r} is not a member of the body"
            raise self._document.error(pointer, reason)

    def _check_arguments(self, arguments: list[Argument], pointer: str) -> None:
        names = [one.name for one in arguments]
        for name in names:
            if names.count(name) > 1:
                reason = f"two parameters would be the argument {name!r}: rename one"
                raise self._document.error(pointer, reason)

    # Parameters -----------------------------------------------------------------------

    def _parameters(
        self, endpoint: Endpoint, pointer: str
    ) -> list[tuple[Argument, Code]]:
        """Return what is sent outside of the body: as arguments, and as data."""
        described = {
            (parameter["in"], parameter["name"]): (place, parameter)
            for place, parameter in reversed(parameters_of(self._document, pointer))
        }
        return [
            self._parameter(prop, *described[location, wire_name(prop)])
            for location in ("path", "query", "header", "cookie")
            for prop in getattr(endpoint, f"{location}_parameters")
        ]

    def _parameter(
        self, prop: Any, place: str, parameter: dict[str, Any]
    ) -> tuple[Argument, Code]:
        extension = parameter.get("x-contract-argument", {})
        location, default = parameter["in"], extension.get("default")
        name = argument_name(extension.get("name", parameter["name"]))
        _, schema = self._document.follow("", parameter["schema"])
        joined = location == "header" and schema.get("type") == "array"
        argument = Argument(
            name=name,
            required=prop.required and default is None,
            type="SequenceNotStr[str]" if joined else self._types.sent(prop),
            doc=entry(name, documented(self._document, place, extension)),
            is_deprecated=is_deprecated(parameter),
        )
        code = call(
            "Parameter",
            argument=name,
            name=parameter["name"],
            location=location,
            required=prop.required,
            schema=schema_at(below(place, "schema"), parameter["schema"]),
            default=default,
            explode=parameter.get("explode", location in ("query", "cookie")),
        )
        return argument, code

    # Body -----------------------------------------------------------------------------

    def _body(
        self,
        endpoint: Endpoint,
        operation: dict[str, Any],
        pointer: str,
        stream: StreamView | None,
    ) -> tuple[list[Argument], Code | None]:
        """Return what is sent in the body: as arguments, and as data."""
        if "requestBody" not in operation:
            return [], None
        here = below(pointer, "requestBody")
        place, body = self._document.follow(here, operation["requestBody"])
        ((media_type, media),) = body["content"].items()
        here = below(place, "content", media_type, "schema")
        there, _ = self._document.follow(here, media["schema"])
        prop, required = endpoint.bodies[0].prop, body.get("required", False)
        listed = (
            members(self._types.model(prop)) if isinstance(prop, ModelProperty) else []
        )
        names = {argument_name(wire_name(one)): wire_name(one) for one in listed}
        switch = stream.switch if stream else None
        arguments = [
            self._member_argument(one, there, required, switch) for one in listed
        ]
        if not listed:
            arguments = [self._argument("body", prop, there, required)]
        if media_type != JSON:  # a form has no null
            arguments = [one._replace(takes_null=False) for one in arguments]
        nulls = [one.name for one in arguments if one.required and one.takes_null]
        code = call(
            "Body",
            media_type=media_type,
            schema=schema_at(there, media["schema"]),
            members=names or None,
            **({} if required else {"required": False}),
            **({"nulls": call("frozenset", nulls)} if nulls else {}),
        )
        return arguments, code

    def _member_argument(
        self, prop: Any, body: str, body_required: bool, switch: str | None
    ) -> Argument:
        name = wire_name(prop)
        place = self._document.members(body)[name]
        required = prop.required and body_required
        argument = self._argument(argument_name(name), prop, place, required)
        if name == switch:
            if "bool" not in alternatives(argument.type):
                reason = "asks for a stream, so it must be a boolean"
                raise self._document.error(place, reason)
            return argument._replace(type="bool", is_switch=True, takes_null=False)
        return argument

    def _argument(self, name: str, prop: Any, pointer: str, required: bool) -> Argument:
        sent = self._types.sent(prop)
        return Argument(
            name=name,
            required=required,
            type=sent,
            doc=entry(name, documented(self._document, pointer)),
            takes_null="None" in alternatives(sent),
            is_deprecated=is_deprecated(self._document.at(pointer)),
        )

    # Response -------------------------------------------------------------------------

    def _response(
        self, endpoint: Endpoint, operation: dict[str, Any], pointer: str
    ) -> ResponseView | None:
        """Return the response of the successes: one for all, or one for each status."""
        views = dict(self._responses(endpoint, operation, pointer))
        if not any("schema" in view.spec for view in views.values()):
            return None
        ranges = (status for status in views if status.endswith("XX"))
        main = next(ranges, next(iter(views)))
        types = {view.type for view in views.values()}
        others = {
            int(status): call("ResponseSpec", **view.spec)
            for status, view in views.items()
            if status != main and len(types) > 1
        }
        return ResponseView(
            type=union(view.type for view in views.values()),
            pointer=views[main].pointer,
            spec=views[main].spec | ({"others": others} if others else {}),
        )

    def _responses(
        self, endpoint: Endpoint, operation: dict[str, Any], pointer: str
    ) -> Iterator[tuple[str, ResponseView]]:
        for response in endpoint.responses:
            status = response.status_code.pattern
            if not status.startswith("2"):
                continue
            here = below(pointer, "responses", status)
            place, part = self._document.follow(here, operation["responses"][status])
            # What a GET would return: a response to HEAD has no body.
            is_head = endpoint.method == "head"
            content: dict[str, Any] = {} if is_head else part.get("content", {})
            if not content:
                yield status, ResponseView("None", here, {"model": None})
            for media_type in content.keys() - {STREAM}:  # there is one at most
                there = below(place, "content", media_type, "schema")
                schema = content[media_type].get("schema", BYTES)
                view = self._response_view(response.prop, media_type, there, schema)
                yield status, view

    def _response_view(
        self, prop: Any, media_type: str, pointer: str, schema: Any
    ) -> ResponseView:
        pointer, _ = self._document.follow(pointer, schema)
        spec: dict[str, Any] = {"model": None, "schema": schema_at(pointer, schema)}
        if media_type != JSON:
            spec["media_type"] = media_type
        if not is_json(media_type):
            kind = "str" if media_type.startswith("text/") else "bytes"
            return ResponseView(kind, pointer, spec)
        returned = self._types.returned(prop)
        if self._types.has_model(returned):
            spec["model"] = Code(returned)
        elif decoded := self._types.decoded(prop, "value"):
            spec["decode"] = Code(f"lambda value: {decoded}")
        return ResponseView(returned, pointer, spec)


def _returned(response: ResponseView | None, stream: StreamView | None) -> str:
    what = response.type.replace("builtins.", "") if response else "None"
    if stream is None:
        return f"{what}."
    if stream.switch is None and response is None:
        return f"A stream of {stream.type}."
    return f"{what}; with `{stream.switch}=True` a stream of {stream.type}."
