"""The base class of emitted models: what a response is in Python.

A model reads leniently. An unknown member is an attribute too and stays in `to_dict`,
a missing member reads as None and stays missing, and a value of another type is kept.
Subclasses are attrs classes with slots. An empty slot is a member that was not sent.
"""

from __future__ import annotations

import copy
import datetime
import json
from collections.abc import Collection, Iterator, Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Literal,
    Self,
    TypeAlias,
    TypedDict,
    TypeVar,
    Unpack,
)

from ._types import Timestamp, is_array, is_mapping, is_object, not_given

_M = TypeVar("_M", bound="Model")
_Json: TypeAlias = dict[str, Any]  # in `Model`, the name dict is a method

_NAMES = ("_request_id", "_workspace_id")

MISSING: Any = not_given
"""The default of an optional member: not sent, which is different from null."""


class DumpOptions(TypedDict, total=False):
    """What `model_dump` takes, in the words of pydantic.

    Attributes:
        mode: `json` writes dates and UUIDs as text; `python`, the default, keeps them.
        include: Names of the only members to return.
        exclude: Names of members to leave out.
        by_alias: Whether members have their names in JSON, not those of attributes.
        exclude_unset: Whether members that were not sent are left out. Default: True.
        exclude_defaults: The same, for that is the default of a member.
        exclude_none: Whether members that are None are left out.
        round_trip, serialize_as_any, warnings: Accepted, for there is nothing to do.
    """

    mode: Literal["json", "python"]
    include: Collection[str] | None
    exclude: Collection[str] | None
    by_alias: bool
    exclude_unset: bool
    exclude_defaults: bool
    exclude_none: bool
    round_trip: bool
    serialize_as_any: bool
    warnings: bool | str


class _ModelFields:
    """The attribute `model_fields` of a class: its attrs attributes by name."""

    def __get__(self, instance: object, owner: type[Any]) -> _Json:
        import attrs  # late, for it takes long to import

        return dict(attrs.fields_dict(owner)) if attrs.has(owner) else {}


class Model:
    """An object of a response: attributes, and the JSON that they came from."""

    __slots__ = ("_extra", "_request_id", "_workspace_id")

    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Pairs of an attribute's name and its member's name in JSON."""

    REQUIRED: ClassVar[frozenset[str]] = frozenset()
    """The members that the document promises, by their names in JSON."""

    model_fields: ClassVar[Mapping[str, Any]]

    if TYPE_CHECKING:
        _extra: _Json
        _request_id: str | None
        _workspace_id: str | None
    else:
        model_fields = _ModelFields()

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Build the model from decoded JSON. Nothing is checked or copied."""
        raise NotImplementedError

    @classmethod
    def decode(cls, value: Any) -> Any:
        """Build the model from an object, and return any other value as it is."""
        return cls.from_dict(value) if is_object(value) else value

    def _set_extra(self, source: Mapping[str, Any]) -> None:
        """Keep the members of the source that the document does not describe."""
        known = {wire_name for _, wire_name in self.FIELDS}
        self._extra = {
            name: value for name, value in source.items() if name not in known
        }

    if not TYPE_CHECKING:  # so that type checkers still report misspelt names

        def __getattr__(self, name: str) -> Any:
            """Read a member that was not sent, or that the document does not have."""
            if name == "_extra":
                return {}
            if name in _NAMES:
                return None
            if not name.startswith("__"):
                if name in self._extra:
                    return self._extra[name]
                if any(name == field for field, _ in self.FIELDS):
                    return None
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r}"
            )

    def _sent(self) -> _Json:
        """Return the attributes that have a value."""
        sent: _Json = {}
        for name, _ in self.FIELDS:
            try:
                sent[name] = object.__getattribute__(self, name)
            except AttributeError:
                continue
        return sent

    def to_dict(
        self, *, use_api_names: bool = True, **options: Unpack[DumpOptions]
    ) -> _Json:
        """Return the members that were sent, also unknown ones, as plain JSON data.

        Args:
            use_api_names: Whether members have their names in JSON.
            options: As for `model_dump`.
        """
        given: DumpOptions = {"mode": "json", "by_alias": use_api_names, **options}
        return self.model_dump(**given)

    def to_json(
        self,
        *,
        indent: int | None = 2,
        use_api_names: bool = True,
        **options: Unpack[DumpOptions],
    ) -> str:
        """Return `to_dict()` as JSON text, indented by this number of spaces."""
        data = self.to_dict(use_api_names=use_api_names, **options)
        return json.dumps(data, indent=indent, ensure_ascii=False)

    # Names of pydantic, for code that was written for the official SDK

    @property
    def model_extra(self) -> _Json:
        """The members that the document does not describe."""
        return self._extra

    @property
    def model_fields_set(self) -> set[str]:
        """The names of the attributes that were sent, or passed when building."""
        return self._sent().keys() | self._extra.keys()

    def model_dump(self, **options: Unpack[DumpOptions]) -> _Json:
        """Return the members that were sent, by attribute name."""
        unknown = options.keys() - DumpOptions.__annotations__.keys()
        if unknown:
            raise TypeError(f"model_dump() has no option {', '.join(sorted(unknown))}")
        include, exclude = options.get("include"), options.get("exclude") or ()
        for names in (include, exclude):
            if isinstance(names, (str, Mapping)):
                raise TypeError(
                    f"model_dump() includes and excludes a set of names, not {names!r}"
                )
        return {
            name: value
            for name, value in self._dumped(self, options).items()
            if name not in exclude and (include is None or name in include)
        }

    def model_dump_json(
        self, *, indent: int | None = None, **options: Unpack[DumpOptions]
    ) -> str:
        """Return `model_dump()` as JSON text."""
        options["mode"] = "json"
        data = self.model_dump(**options)
        separators = (",", ":") if indent is None else None
        return json.dumps(
            data, indent=indent, ensure_ascii=False, separators=separators
        )

    def model_copy(
        self, *, update: Mapping[str, Any] | None = None, deep: bool = False
    ) -> Self:
        """Return a copy with some attributes changed, by default a shallow one."""
        state = self._state()
        copied = _restore(type(self), copy.deepcopy(state) if deep else state)
        copied._set(update or {})
        return copied

    @classmethod
    def model_validate(cls, value: Any) -> Self:
        """Build the model from a mapping, or return a model of this class as it is.

        Values are not checked, as in responses of a client that is not strict.

        Raises:
            ValueError: The value is neither of the two.
        """
        if isinstance(value, cls):
            return value
        if is_mapping(value):
            return cls.from_dict(value)
        raise ValueError(
            f"{cls.__name__} is built from a mapping, not from a {type(value).__name__}"
        )

    @classmethod
    def model_construct(cls, **values: Any) -> Self:
        """Build the model from some of its attributes. Others read as None."""
        built = cls.__new__(cls)
        built._extra = {}
        built._set(values)
        return built

    dict = model_dump
    json = model_dump_json
    copy = model_copy

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Iterate over pairs of name and value, so that `dict(model)` works."""
        yield from self._sent().items()
        yield from self._extra.items()

    @staticmethod
    def _dumped(value: Any, options: DumpOptions) -> Any:
        """Return a value without models, and in mode `json` as plain data."""
        if isinstance(value, Model):
            values = value._sent()
            sent_alone = options.get("exclude_unset", True)
            if not sent_alone and not options.get("exclude_defaults", False):
                values = {name: values.get(name) for name, _ in value.FIELDS}
            aliases = dict(value.FIELDS) if options.get("by_alias") else {}
            members = {aliases.get(name, name): one for name, one in values.items()}
            members |= value._extra
            return {
                name: Model._dumped(member, options)
                for name, member in members.items()
                if member is not None or not options.get("exclude_none", False)
            }
        if is_array(value):
            return [Model._dumped(item, options) for item in value]
        if is_object(value):
            return {key: Model._dumped(item, options) for key, item in value.items()}
        return _plain(value) if options.get("mode") == "json" else value

    def _set(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            if any(name == field for field, _ in self.FIELDS):
                setattr(self, name, value)
            else:
                self._extra[name] = value

    def _state(self) -> _Json:
        names = {name: getattr(self, name) for name in _NAMES}
        return self._sent() | {"_extra": {**self._extra}} | names

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self._state())

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, Model):
            return NotImplemented
        return self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]  # models can be changed

    def __repr__(self) -> str:
        members = ", ".join(f"{name}={value!r}" for name, value in self)
        return f"{type(self).__name__}({members})"


def _restore(cls: type[_M], state: Mapping[str, Any]) -> _M:
    instance = cls.__new__(cls)
    for name, value in state.items():
        setattr(instance, name, value)
    return instance


def _plain(value: Any) -> Any:
    if isinstance(value, Timestamp) and value.text is not None:
        return value.text
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    return value if isinstance(value, (str, int, float, type(None))) else str(value)
