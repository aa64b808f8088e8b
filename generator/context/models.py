"""What the template of a model needs to know of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.properties import (
    AnyProperty,
    Class,
    LiteralEnumProperty,
    ModelProperty,
)
from openapi_python_client.schema.untrusted_string import UntrustedString

from context.members import members, wire_name
from context.naming import is_plain_key, member_name
from context.text import WIDTH, docstring, paragraphs, sections
from context.types import Code, Types, joined
from document.loading import Document

_NONE = Code("None", frozenset())


class Field(NamedTuple):
    """A member of a model.

    Attributes:
        name: The attribute.
        wire_name: The member.
        required: Whether the document promises, or demands, the member.
        received: The type of the attribute.
        sent: The type of the member in the TypedDict.
        decoded: The expression that decodes `source[…]`.
        doc: The docstring of the attribute.
    """

    name: str
    wire_name: str
    required: bool
    received: Code
    sent: Code
    decoded: Code
    doc: str


class Import(NamedTuple):
    """An emitted name, and the module that has it."""

    module: str
    name: str


class Extra(NamedTuple):
    """What the document says of the members that it does not name.

    Attributes:
        received: The type of each.
        decoded: The expression that decodes one, `item`.
    """

    received: Code
    decoded: Code


class ModelView(NamedTuple):
    """A model as its template sees it."""

    name: str
    param: str
    doc: str
    fields: list[Field]
    is_sent: bool
    is_received: bool
    plain_keys: bool
    extra: Extra | None
    imports: list[Import]


class Models:
    """Views of the models and enumerations of a document."""

    def __init__(
        self,
        models: list[ModelProperty],
        enums: list[LiteralEnumProperty],
        types: Types,
        document: Document,
    ) -> None:
        self._types = types
        self._document = document
        self.listed = [model for model in models if members(model)]
        infos = [one.class_info for one in models] + [one.class_info for one in enums]
        self._modules = {str(one.name): str(one.module_name) for one in infos}
        for model in self.listed:
            name = str(model.class_info.name)
            if name in types.sent_models:
                self._modules[types.param_name(name)] = self._modules[name]

    def view(self, model: ModelProperty) -> ModelView:
        """Return what the template needs."""
        name = str(model.class_info.name)
        fields = [self._field(model, member) for member in members(model)]
        self._refuse_twins(name, fields)
        is_sent = name in self._types.sent_models
        extra = self._extra(model)
        is_received = name in self._types.received_models or not is_sent
        param = self._types.param_name(name)
        return ModelView(
            name=name,
            param=param,
            doc=_described(model),
            fields=fields,
            is_sent=is_sent,
            is_received=is_received,
            plain_keys=all(is_plain_key(field.wire_name) for field in fields),
            extra=extra,
            imports=self.imports(
                _used(fields, extra, is_sent, is_received), besides={name, param}
            ),
        )

    def imports(
        self, names: frozenset[str], besides: set[str] | None = None
    ) -> list[Import]:
        """Return where names come from, but for those of the module itself."""
        return [
            Import(self._modules[name], name)
            for name in sorted(names - (besides or set()))
        ]

    def exported(self) -> list[Import]:
        """Return all that the models' package exports."""
        names = set(self._modules) - self._free_form()
        for model in self.listed:
            view = self.view(model)
            if not view.is_received:
                names.discard(view.name)
            if view.is_sent:
                names.add(view.param)
        return self.imports(frozenset(names))

    def check(self) -> None:
        """See that every model can be written, before anything is.

        Raises:
            DocumentError: One cannot.
        """
        for model in self.listed:
            self.view(model)

    def _refuse_twins(self, model: str, fields: list[Field]) -> None:
        names: dict[str, str] = {}
        for field in fields:
            other = names.setdefault(field.name, field.wire_name)
            if other != field.wire_name:
                told = f"{other!r} and {field.wire_name!r} would both be {field.name!r}"
                raise self._document.refusal(f"{model}: {told}: rename one")

    def _free_form(self) -> set[str]:
        listed = {str(model.class_info.name) for model in self.listed}
        return {
            name
            for name in self._modules
            if self._types.has_model(name) and name not in listed
        }

    def _extra(self, model: ModelProperty) -> Extra | None:
        prop = model.additional_properties
        if prop is None or isinstance(prop, AnyProperty):
            return None
        return Extra(self._types.received(prop), self._types.decoded(prop, "item"))

    def _field(self, model: ModelProperty, prop: Any) -> Field:
        received = self._types.received(prop)
        name = wire_name(prop)
        return Field(
            name=member_name(name),
            wire_name=name,
            required=prop.required,
            received=received if prop.required else joined([received, _NONE]),
            sent=self._types.sent(prop),
            decoded=self._types.decoded(prop, f"source[{name!r}]"),
            doc=_described(prop, _own_description(model, name), indent=4),
        )


def declared_models(data: GeneratorData) -> list[Class]:
    """Return the names of all that gets a module among the models."""
    infos = [one.class_info for one in data.models if members(one)]
    return infos + [one.class_info for one in data.enums]


def _described(prop: Any, own: str = "", indent: int = 0) -> str:
    shared = prop.description.get_untrusted_value() if prop.description else ""
    text = sections(paragraphs(own or shared, width=WIDTH - indent - 4))
    return docstring(text, indent or 4)


def _own_description(model: ModelProperty, name: str) -> str:
    """Read what a member says beside its `$ref`, which the parser passes over."""
    part = (model.data.properties or {}).get(UntrustedString(name))
    extra = getattr(part, "model_extra", None) or {}
    return str(extra.get("description", "")) if hasattr(part, "ref") else ""


def _used(
    fields: list[Field], extra: Extra | None, is_sent: bool, is_received: bool
) -> frozenset[str]:
    used: frozenset[str] = frozenset()
    if extra is not None and is_received:
        used |= extra.received.names | extra.decoded.names
    for field in fields:
        if is_received:
            used |= field.received.names | field.decoded.names
        if is_sent:
            used |= field.sent.names
    return used
