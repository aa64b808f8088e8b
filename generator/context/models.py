"""What the template of a model needs to know of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.properties import (
    AnyProperty,
    Class,
    LiteralEnumProperty,
    ModelProperty,
)
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import snake_case

from document.supported import SupportedDocument, last_part
from text_completions_document import below

from .naming import class_name, is_plain_key, member_name
from .text import WIDTH, docstring, names_in, paragraphs, sections
from .types import Types, members, union, wire_name


class Field(NamedTuple):
    """A member of a model: an attribute, and a key of the TypedDict.

    `decoded` is the expression that decodes `source[…]`.
    """

    name: str
    wire_name: str
    required: bool
    received: str
    sent: str
    decoded: str
    doc: str


Import = tuple[str, str]
"""The module of an emitted name, and the name."""


class ModelView(NamedTuple):
    """A model as its template sees it.

    `extra` is about members that the document does not name: the type of each, and the
    expression that decodes one, `item`. `param_alias` is another name for the TypedDict
    of a model whose own name does not say that it is sent.
    """

    name: str
    param: str
    doc: str
    fields: list[Field]
    is_sent: bool
    is_received: bool
    plain_keys: bool
    extra: tuple[str, str] | None
    imports: list[Import]
    param_alias: str | None


class Alias(NamedTuple):
    """A component that is a union: a name for a type, and no class.

    The name stands for the type that is received. The one that is sent, if it is, has
    a name that ends in `Param`.
    """

    module: str
    name: str
    received: str | None
    sent: str | None


class Models:
    """Views of the models, enumerations and unions of a document."""

    def __init__(
        self, data: GeneratorData, types: Types, document: SupportedDocument
    ) -> None:
        self._types = types
        self._document = document
        self.listed = [model for model in data.models if members(model)]
        self._modules = {
            str(info.name): str(info.module_name) for info in declared_models(data)
        }
        for model in self.listed:
            name = str(model.class_info.name)
            if name in types.sent_models:
                self._add_param(name, types.param_name(name))
        self._views = {
            str(model.class_info.name): self._view(model) for model in self.listed
        }
        self.aliases = list(self._aliases())

    def _add_param(self, name: str, param: str) -> None:
        if param != name and param in self._modules:
            reason = f"{name} is sent as {param}, and another schema has that name"
            place = place_of(self._document, name)
            raise self._document.error(place, f"{reason}: rename one")
        self._modules[param] = self._modules[name]

    def view(self, model: ModelProperty) -> ModelView:
        """Return what the template needs."""
        return self._views[str(model.class_info.name)]

    def imports(self, names: Iterable[str]) -> list[Import]:
        """Return where those of the names come from that are models."""
        return [
            (self._modules[name], name)
            for name in sorted(self._modules.keys() & set(names))
        ]

    def exported(self) -> list[Import]:
        """Return everything that the package of the types exports."""
        modules = dict(self._modules)
        for alias in self.aliases:
            modules[alias.name] = alias.module
            if alias.sent:
                modules[f"{alias.name}Param"] = alias.module
        for view in self._views.values():
            if view.param_alias:
                modules.setdefault(view.param_alias, modules[view.param])
        return [(modules[name], name) for name in sorted(modules)]

    def _view(self, model: ModelProperty) -> ModelView:
        name = str(model.class_info.name)
        param = self._types.param_name(name)
        fields = [self._field(model, member) for member in members(model)]
        is_sent = name in self._types.sent_models
        is_received = name in self._types.received_models or not is_sent
        extra = self._extra(model)
        alias = f"{param}Param"
        named = param.endswith(("Param", "Params")) or alias in self._modules
        code = [field.sent for field in fields if is_sent]
        if is_received:
            code += [one for field in fields for one in (field.received, field.decoded)]
            code += extra or ()
        return ModelView(
            name=name,
            param=param,
            doc=_docstring(model),
            fields=fields,
            is_sent=is_sent,
            is_received=is_received,
            plain_keys=all(is_plain_key(field.wire_name) for field in fields),
            extra=extra,
            imports=self.imports(names_in(*code) - {name, param}),
            param_alias=alias if is_sent and not named else None,
        )

    def _aliases(self) -> Iterator[Alias]:
        """Yield the components that are unions and that a member refers to."""
        uses: dict[str, list[tuple[ModelView, UnionProperty]]] = {}
        for model in self.listed:
            view = self.view(model)
            references = self._references(view.name)
            for prop in members(model):
                component = references.get(wire_name(prop))
                if component and isinstance(prop, UnionProperty):
                    uses.setdefault(component, []).append((view, prop))
        taken = set(self._modules)
        for component, users in uses.items():
            name, module = class_name(component), str(snake_case(component))
            names = {name, f"{name}Param"}
            if names & taken or module in self._modules.values():
                continue
            taken |= names
            received = [prop for view, prop in users if view.is_received]
            sent = [prop for view, prop in users if view.is_sent]
            yield Alias(
                module=module,
                name=name,
                received=self._types.received(received[0]) if received else None,
                sent=self._types.sent(sent[0]) if sent else None,
            )

    def _references(self, model: str) -> dict[str, str]:
        """Return the components that the members of a model are a `$ref` to."""
        component = component_of(self._document, model)
        schema = self._document.components("schemas").get(component or "", {})
        return {
            member: last_part(part["$ref"])
            for member, part in schema.get("properties", {}).items()
            if "$ref" in part
        }

    def _extra(self, model: ModelProperty) -> tuple[str, str] | None:
        prop = model.additional_properties
        if prop is None or isinstance(prop, AnyProperty):
            return None
        return self._types.received(prop), self._types.decoded(prop, "item")

    def _field(self, model: ModelProperty, prop: Any) -> Field:
        received = self._types.received(prop)
        name = wire_name(prop)
        return Field(
            name=member_name(name),
            wire_name=name,
            required=prop.required,
            received=received if prop.required else union([received, "None"]),
            sent=self._types.sent(prop),
            decoded=self._types.decoded(prop, f"source[{name!r}]"),
            doc=_docstring(prop, _own_description(model, name), indent=4),
        )


def component_of(document: SupportedDocument, name: str) -> str | None:
    """Return the component that becomes the class of this name."""
    components = document.components("schemas")
    return next((one for one in components if class_name(one) == name), None)


def place_of(document: SupportedDocument, name: str) -> str:
    """Return the pointer to that component; to the document if there is none."""
    component = component_of(document, name)
    return below("#/components/schemas", component) if component else "#"


def declared_models(data: GeneratorData) -> list[Class]:
    """Return the classes of the modules; an object of any members has none."""
    models = [one.class_info for one in data.models if members(one)]
    enums = [one for one in data.enums if isinstance(one, LiteralEnumProperty)]
    return models + [one.class_info for one in enums]


def _docstring(prop: Any, own: str = "", indent: int = 0) -> str:
    shared = prop.description.get_untrusted_value() if prop.description else ""
    text = sections(paragraphs(own or shared, width=WIDTH - indent - 4))
    return docstring(text, indent or 4)


def _own_description(model: ModelProperty, name: str) -> str:
    """Read what a member says beside its `$ref`, which the parser ignores."""
    part = (model.data.properties or {}).get(UntrustedString(name))
    extra: dict[str, Any] = getattr(part, "model_extra", None) or {}
    return str(extra.get("description", "")) if hasattr(part, "ref") else ""
