"""What the templates of an operation and of a resource need to know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from openapi_python_client.parser.openapi import Endpoint

from context.members import members, wire_name
from context.models import Import, Models
from context.naming import argument_name, method_name
from context.parameters import (
    Argument,
    Parameters,
    ParameterView,
    documented,
    is_deprecated,
)
from context.prose import WIDTH, Prose
from context.schemas import schema_data
from context.streams import Streams, StreamView
from context.text import entry, literal
from context.types import Code, Types, joined
from document.calls import operation_name
from document.loading import Document, below, pointer_steps
from document.opc_input import JSON, STREAM, is_json, operations


class BodyView(NamedTuple):
    """What is sent as the body, as code."""

    media_type: str
    schema: str
    pointer: str
    members: dict[str, str] | None
    required: bool


class AnswerView(NamedTuple):
    """What a call returns, as code; a schema of None is an answer without a body."""

    type: Code
    model: str | None
    schema: str
    pointer: str
    decoded: Code | None
    media_type: str = JSON
    others: tuple[tuple[int, AnswerView], ...] = ()


class OperationView(NamedTuple):
    """An operation as its templates see it."""

    module: str
    tag: str
    method: str
    name: str
    verb: str
    path: str
    pointer: str
    arguments: list[Argument]
    parameters: list[ParameterView]
    body: BodyView | None
    answer: AnswerView | None
    stream: StreamView | None
    doc: str
    is_deprecated: bool
    imports: list[Import]
    model_imports: list[Import]
    stream_imports: list[Import]

    @property
    def switch(self) -> Argument | None:
        """The argument that asks for a stream."""
        return next((one for one in self.arguments if one.is_switch), None)

    @property
    def final_module(self) -> str:
        """The module of the model that the stream adds up to."""
        final = self.stream.final if self.stream else None
        return next(
            one.module
            for one in self.stream_imports
            if final is not None and one.name == final.model
        )

    @property
    def nulls(self) -> list[str]:
        """The arguments whose None is null."""
        return [one.name for one in self.arguments if one.required and one.takes_null]

    @property
    def deprecated(self) -> list[str]:
        """The arguments within the body of which a call is warned."""
        return [one.name for one in self.arguments if one.in_body and one.is_deprecated]

    @property
    def answer_type(self) -> str:
        """What a call without a stream returns."""
        return self.answer.type.text if self.answer else "None"


class Operations:
    """Views of the operations of a document."""

    def __init__(
        self, document: Document, types: Types, models: Models, errors: dict[int, str]
    ) -> None:
        self._document = document
        self._types = types
        self._models = models
        self._prose = Prose(document, errors)
        self._streams = Streams(document, types)
        self._parameters = Parameters(document, types)
        self._raw = {
            operation_name(raw["operationId"]): (pointer, raw)
            for pointer, raw in operations(document.data)
        }

    def view(self, endpoint: Endpoint, tag: str) -> OperationView:
        """Return what the templates need."""
        pointer, raw = self._raw[str(endpoint.name)]
        path = pointer_steps(pointer)[1]
        answer = self._answer(endpoint, raw, pointer)
        model = (answer.model, answer.pointer) if answer and answer.model else None
        stream = self._streams.view(raw, pointer, str(endpoint.name), model)
        body = self._body(endpoint, raw, pointer)
        arguments = self._arguments(endpoint, raw, pointer, stream, body)
        self._check_switch(pointer, stream, answer, body)
        verb = method_name(raw["operationId"], tag)
        used = _names(arguments, answer, stream)
        return OperationView(
            module=str(endpoint.name),
            tag=tag,
            method=endpoint.method.upper(),
            name=f"{tag}.{verb}",
            verb=verb,
            path=path,
            pointer=pointer,
            arguments=arguments,
            parameters=self._parameters.views(endpoint, raw, pointer),
            body=body,
            answer=answer,
            stream=stream,
            doc=self._prose.docstring(
                raw, pointer, [one.doc for one in arguments], _returned(answer, stream)
            ),
            is_deprecated=raw.get("deprecated", False),
            imports=self._models.imports(used),
            model_imports=self._models.imports(_used_by_module(answer, stream)),
            stream_imports=self._models.imports(_used_by_streams(stream)),
        )

    def _check_switch(
        self,
        pointer: str,
        stream: StreamView | None,
        answer: AnswerView | None,
        body: BodyView | None,
    ) -> None:
        if stream is None:
            return
        switch = stream.switch
        if (switch is None) is not (answer is None):
            reason = "a switch chooses between JSON and a stream: one without the other"
            raise self._document.error(pointer, reason)
        if switch is not None and switch not in _wire_names(body):
            reason = f"the switch {switch!r} is no member of the body"
            raise self._document.error(pointer, reason)

    # Arguments ------------------------------------------------------------------

    def _arguments(
        self,
        endpoint: Endpoint,
        raw: dict[str, Any],
        pointer: str,
        stream: StreamView | None,
        body: BodyView | None,
    ) -> list[Argument]:
        listed = self._body_arguments(endpoint, stream, body)
        listed += self._parameters.arguments(endpoint, raw, pointer)
        names = [one.name for one in listed]
        for name in names:
            if names.count(name) > 1:
                reason = f"two parameters would be the argument {name!r}: rename one"
                raise self._document.error(pointer, reason)
        return sorted(listed, key=lambda one: not one.required)

    def _body_arguments(
        self, endpoint: Endpoint, stream: StreamView | None, body: BodyView | None
    ) -> list[Argument]:
        if body is None:
            return []
        prop = endpoint.bodies[0].prop
        if body.members is None:
            text = documented(self._document, body.pointer)
            code = self._types.sent(prop)
            doc = entry("body", text, width=WIDTH)
            return [Argument("body", "", body.required, code, doc, in_body=True)]
        switch = stream.switch if stream else None
        model = self._types.model(prop)  # type: ignore[arg-type]  # members: a model
        return [
            self._member_argument(member, body, wire_name(member) == switch)
            for member in members(model)
        ]

    def _member_argument(self, prop: Any, body: BodyView, is_switch: bool) -> Argument:
        name = wire_name(prop)
        argument = argument_name(name)
        pointer = self._member_pointer(body.pointer, name)
        return Argument(
            name=argument,
            wire_name=name,
            required=prop.required and body.required,
            code=Code("bool") if is_switch else self._types.sent(prop),
            doc=entry(argument, documented(self._document, pointer), width=WIDTH),
            is_switch=is_switch,
            in_body=body.media_type == JSON,
            is_deprecated=is_deprecated(self._document.resolve(pointer)),
        )

    # Body and answer ------------------------------------------------------------

    def _body(
        self, endpoint: Endpoint, raw: dict[str, Any], pointer: str
    ) -> BodyView | None:
        if "requestBody" not in raw:
            return None
        here = f"{pointer}/requestBody"
        body, place = self._document.followed(raw["requestBody"], here)
        content = body["content"]
        media_type = next(iter(content))
        media = below(f"{place}/content", media_type)
        schema, where = content[media_type]["schema"], f"{media}/schema"
        _, there = self._document.followed(schema, where)
        return BodyView(
            media_type=media_type,
            schema=literal(schema_data(schema)),
            pointer=there,
            members=self._body_members(endpoint),
            required=body.get("required", False),
        )

    def _body_members(self, endpoint: Endpoint) -> dict[str, str] | None:
        prop = endpoint.bodies[0].prop
        if not hasattr(prop, "required_properties"):
            return None
        listed = members(self._types.model(prop))  # type: ignore[arg-type]  # as above
        names = [wire_name(member) for member in listed]
        return {argument_name(name): name for name in names} or None

    def _member_pointer(self, pointer: str, name: str) -> str:
        """Find where an object describes a member: in itself, or in what it is of."""
        schema = self._document.resolve(pointer)
        if name in schema.get("properties", {}):
            return below(f"{pointer}/properties", name)
        for index, part in enumerate(schema.get("allOf", ())):
            _, there = self._document.followed(part, f"{pointer}/allOf/{index}")
            found = self._member_pointer(there, name)
            if found != there:
                return found
        return pointer

    def _answer(
        self, endpoint: Endpoint, raw: dict[str, Any], pointer: str
    ) -> AnswerView | None:
        """Return the answer of the successes: one for all, or one for each status."""
        found = dict(self._answers(endpoint, raw, pointer))
        main = next((key for key in found if key.endswith("XX")), next(iter(found), ""))
        if all(view.schema == "None" for view in found.values()):
            return None
        kinds = {view.type.text for view in found.values()}
        others = [(int(key), view) for key, view in found.items() if key != main]
        return found[main]._replace(
            type=joined(view.type for view in found.values()),
            others=tuple(others) if len(kinds) > 1 else (),
        )

    def _answers(
        self, endpoint: Endpoint, raw: dict[str, Any], pointer: str
    ) -> Iterator[tuple[str, AnswerView]]:
        for response in endpoint.responses:
            bounds = response.status_code.range
            if bounds is None or bounds[0] // 100 != 2:
                continue
            status = response.status_code.pattern
            here = below(f"{pointer}/responses", status)
            part, place = self._document.followed(raw["responses"][status], here)
            content = part.get("content", {})
            whole = [kind for kind in content if kind != STREAM]
            if whole:
                yield status, self._answer_view(response.prop, content, whole[0], place)
            elif not content:
                yield status, AnswerView(Code("None"), None, "None", here, None)

    def _answer_view(
        self, prop: Any, content: dict[str, Any], media_type: str, place: str
    ) -> AnswerView:
        schema = content[media_type]["schema"]
        here = below(f"{place}/content", media_type) + "/schema"
        _, there = self._document.followed(schema, here)
        data = literal(schema_data(schema))
        if not is_json(media_type):
            code = Code("str" if media_type.startswith("text/") else "bytes")
            return AnswerView(code, None, data, there, None, media_type)
        code = self._types.answered(prop)
        is_model = hasattr(prop, "required_properties") and code.names == {code.text}
        model = code.text if is_model else None
        decoded = None if is_model else self._types.decoded(prop, "answered")
        return AnswerView(code, model, data, there, decoded, media_type)


def _wire_names(body: BodyView | None) -> list[str]:
    return [*(body.members or {}).values()] if body else []


def _returned(answer: AnswerView | None, stream: StreamView | None) -> str:
    what = answer.type.text.replace("builtins.", "") if answer else "None"
    if stream is None:
        return f"{what}."
    if stream.switch is None and answer is None:
        return f"A stream of {stream.type.text}."
    return f"{what}; with `{stream.switch}=True` a stream of {stream.type.text}."


def _names(
    arguments: list[Argument], answer: AnswerView | None, stream: StreamView | None
) -> frozenset[str]:
    used = frozenset[str]().union(*(one.code.names for one in arguments))
    used |= answer.type.names if answer else frozenset()
    if stream is not None and stream.alias is None:
        used |= stream.union.names
    return used


def _used_by_module(
    answer: AnswerView | None, stream: StreamView | None
) -> frozenset[str]:
    used = answer.type.names if answer else frozenset()
    used |= answer.decoded.names if answer and answer.decoded else frozenset()
    return used | (stream.union.names if stream else frozenset())


def _used_by_streams(stream: StreamView | None) -> frozenset[str]:
    if stream is None or stream.final is None:
        return frozenset()
    used = frozenset([stream.final.model])
    return used if stream.alias else used | stream.union.names
