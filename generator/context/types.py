"""From parsed properties to annotations, and to the code that decodes answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from openapi_python_client.parser.properties import (
    AnyProperty,
    LiteralEnumProperty,
    ModelProperty,
)
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

from context.discriminators import discriminators
from context.members import constants_of, distinguishing_member, members, wire_name
from document.loading import Document, DocumentError

_SCALARS: dict[type[Any], str] = {
    AnyProperty: "Any",
    BooleanProperty: "bool",
    DateProperty: "datetime.date",
    DateTimeProperty: "datetime.datetime",
    FloatProperty: "float",
    IntProperty: "int",
    NoneProperty: "None",
    StringProperty: "str",
    UuidProperty: "uuid.UUID",
}
_PARSED = {
    DateProperty: "decode_date",
    DateTimeProperty: "decode_datetime",
    UuidProperty: "decode_uuid",
}


class Code(NamedTuple):
    """A piece of code, and the emitted names that it uses."""

    text: str
    names: frozenset[str] = frozenset()
    alternatives: tuple[str, ...] = ()  # where the text is a union


class Types:
    """Writes types as they are sent and as they are received.

    A schema that is only sent becomes a TypedDict, one that is only received a model,
    one that is both becomes both; the TypedDict is then called `…Param`.
    """

    def __init__(self, models: Iterable[ModelProperty], document: Document) -> None:
        self._document = document
        self._discriminators = discriminators(document)
        # Properties hold copies of their model that were made before it was parsed.
        self._models = {str(model.class_info.name): model for model in models}
        self.sent_models: set[str] = set()
        self.received_models: set[str] = set()

    # Which models go which way --------------------------------------------------

    def mark_sent(self, prop: Any) -> None:
        """Note that a value of this type is sent, with all that it is made of."""
        self._mark(prop, self.sent_models)

    def mark_received(self, prop: Any) -> None:
        """Note that a value of this type is received, with all it is made of."""
        self._mark(prop, self.received_models)

    def mark_received_name(self, name: str) -> None:
        """Note that a model is received, by the name of its class."""
        self._mark(self._models[name], self.received_models)

    def _mark(self, prop: Any, marked: set[str]) -> None:
        if isinstance(prop, UnionProperty):
            for inner in prop.inner_properties:
                self._mark(inner, marked)
        elif isinstance(prop, ListProperty):
            self._mark(prop.inner_property, marked)
        elif isinstance(prop, ModelProperty):
            self._mark_model(self.model(prop), marked)

    def _mark_model(self, model: ModelProperty, marked: set[str]) -> None:
        name = str(model.class_info.name)
        if name in marked:
            return
        marked.add(name)
        for member in members(model):
            self._mark(member, marked)
        self._mark(model.additional_properties, marked)

    def model(self, prop: ModelProperty) -> ModelProperty:
        """Return the parsed model that a property refers to."""
        return self._models[str(prop.class_info.name)]

    def has_model(self, name: str) -> bool:
        """Tell whether there is a model of this class name."""
        return name in self._models

    def param_name(self, name: str) -> str:
        """Return the name of the TypedDict for a model that is sent."""
        return f"{name}Param" if name in self.received_models else name

    # Annotations ----------------------------------------------------------------

    def sent(self, prop: Any) -> Code:
        """Write the type of a value that callers pass."""
        return self._annotation(prop, self._sent_model, "Sequence", self.sent)

    def received(self, prop: Any) -> Code:
        """Write the type of a value that callers get."""
        return self._annotation(prop, self._received_model, "list", self.received)

    def answered(self, prop: Any) -> Code:
        """Write the type of an answer: a method may be called `list` beside it."""
        return self._annotation(
            prop, self._answered_model, "builtins.list", self.answered
        )

    def _annotation(
        self,
        prop: Any,
        of_model: Callable[[ModelProperty], Code],
        sequence: str,
        again: Callable[[Any], Code],
    ) -> Code:
        if isinstance(prop, UnionProperty):
            return joined(again(inner) for inner in prop.inner_properties)
        if isinstance(prop, ListProperty):
            inner = again(prop.inner_property)
            return Code(f"{_sequence(sequence, inner)}[{inner.text}]", inner.names)
        if isinstance(prop, ModelProperty):
            return of_model(self.model(prop))
        if isinstance(prop, LiteralEnumProperty):
            name = str(prop.class_info.name)
            return Code(name, frozenset([name]))
        if isinstance(prop, ConstProperty):
            return _constant(prop.value.raw_value)
        if type(prop) in _SCALARS:
            return Code(_SCALARS[type(prop)])
        raise self._inexpressible(prop)

    def _inexpressible(self, prop: Any) -> DocumentError:
        kind = type(prop).__name__.removesuffix("Property").lower()
        reason = f"the client cannot express a value of kind {kind!r}"
        return self._document.refusal(f"{wire_name(prop)}: {reason}")

    def _sent_model(self, model: ModelProperty) -> Code:
        name = str(model.class_info.name)
        if not members(model):
            inner = self._values(model, self.sent)
            return Code(f"Mapping[str, {inner.text}]", inner.names)
        param = self.param_name(name)
        if param == name:
            return Code(name, frozenset([name]))
        return joined([Code(param, frozenset([param])), Code(name, frozenset([name]))])

    def _received_model(self, model: ModelProperty) -> Code:
        name = str(model.class_info.name)
        if not members(model):
            inner = self._values(model, self.received)
            return Code(f"dict[str, {inner.text}]", inner.names)
        return Code(name, frozenset([name]))

    def _answered_model(self, model: ModelProperty) -> Code:
        if members(model):
            return self._received_model(model)
        inner = self._values(model, self.answered)
        return Code(f"builtins.dict[str, {inner.text}]", inner.names)

    def _values(self, model: ModelProperty, again: Callable[[Any], Code]) -> Code:
        values = model.additional_properties
        return Code("Any") if values is None else again(values)

    # Decoders -------------------------------------------------------------------

    def decoded(self, prop: Any, value: str) -> Code:
        """Write the expression that decodes a value; the value itself if as it is."""
        if isinstance(prop, UnionProperty):
            return self._decoded_union(prop, value)
        if isinstance(prop, ListProperty):
            return self._decoded_each("decode_list", prop.inner_property, value)
        if isinstance(prop, ModelProperty):
            return self._decoded_model(self.model(prop), value)
        if type(prop) in _PARSED:
            return Code(f"{_PARSED[type(prop)]}({value})")
        return Code(value)

    def _decoded_each(self, function: str, inner: Any, value: str) -> Code:
        item = self.decoded(inner, "item")
        if item.text == "item":
            return Code(value)
        return Code(f"{function}({value}, lambda item: {item.text})", item.names)

    def _decoded_model(self, model: ModelProperty, value: str) -> Code:
        if not members(model):
            values = model.additional_properties
            return self._decoded_each("decode_map", values, value)
        name = str(model.class_info.name)
        return Code(f"{name}.decode({value})", frozenset([name]))

    def _decoded_union(self, prop: UnionProperty, value: str) -> Code:
        """Chain the decoders of the branches: each passes on what is not its own."""
        models = [
            self.model(inner)
            for inner in prop.inner_properties
            if isinstance(inner, ModelProperty)
        ]
        code = Code(value)
        if len([model for model in models if members(model)]) > 1:
            code = self._decoded_variant(models, value)
        elif models:
            code = self._decoded_model(models[0], value)
        for inner in prop.inner_properties:
            if not isinstance(inner, ModelProperty):
                outer = self.decoded(inner, code.text)
                code = Code(outer.text, outer.names | code.names)
        return code

    def _decoded_variant(self, models: list[ModelProperty], value: str) -> Code:
        """Tell models apart by a constant member, or by which one fits."""
        listed = [model for model in models if members(model)]
        names = frozenset(str(model.class_info.name) for model in listed)
        if names in self._discriminators:
            member, values = self._discriminators[names]
            pairs = ", ".join(f"{one!r}: {name}" for one, name in values.items())
            return Code(f"decode_variant({value}, {member!r}, {{{pairs}}})", names)
        tag = distinguishing_member(listed)
        if tag is None:
            order = ", ".join(str(model.class_info.name) for model in listed)
            return Code(f"decode_fitting({value}, ({order},))", names)
        variants, others = [], []
        for model in listed:
            name = str(model.class_info.name)
            constants = constants_of(model, tag)
            variants += [f"{constant!r}: {name}" for constant in constants]
            others += [] if constants else [name]
        other = f", {others[0]}" if others else ""
        mapping = "{" + ", ".join(variants) + "}"
        return Code(f"decode_variant({value}, {tag!r}, {mapping}{other})", names)


def joined(codes: Iterable[Code]) -> Code:
    """Join types to a union, each once, None last."""
    listed = list(codes)
    texts = dict.fromkeys(
        text for code in listed for text in code.alternatives or (code.text,)
    )
    if "Any" in texts:
        return Code("Any")
    if "None" in texts:
        texts["None"] = texts.pop("None")
    names = frozenset[str]().union(*(code.names for code in listed))
    return Code(" | ".join(texts), names, tuple(texts))


def _sequence(sequence: str, item: Code) -> str:
    """Keep a str from being taken for the sequence of strs that it also is."""
    is_of_strings = "str" in (item.alternatives or (item.text,))
    return "SequenceNotStr" if sequence == "Sequence" and is_of_strings else sequence


def _constant(value: Any) -> Code:
    if isinstance(value, float):  # there are no literal types of floats
        return Code("float")
    return Code(f"Literal[{value!r}]")
