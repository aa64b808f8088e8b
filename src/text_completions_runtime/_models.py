"""The base of emitted models: what an answer is in Python.

A model reads leniently: an unknown member stays readable as an attribute and
survives `to_dict`, a missing one reads as None and stays missing, and a value of an
unexpected type is kept as it came. Subclasses are attrs classes with slots; a slot
that was never filled is a member that was never sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from ._types import is_array, is_object, not_given

__all__ = ["MISSING", "Model"]

_M = TypeVar("_M", bound="Model")

_NAMES = ("_request_id", "_workspace_id")

MISSING: Any = not_given
"""The default of an optional member: not there, which is not the same as null."""


class Model:
    """Something that an API answers: attributes, and the JSON that they came from."""

    __slots__ = ("_extra", "_request_id", "_workspace_id")

    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Pairs of the attribute's name and the member's name in JSON."""

    REQUIRED: ClassVar[frozenset[str]] = frozenset()
    """The members that the contract promises, by their names in JSON."""

    if TYPE_CHECKING:
        _extra: dict[str, Any]
        _request_id: str | None
        _workspace_id: str | None

    @classmethod
    def from_dict(cls: type[_M], source: Mapping[str, Any]) -> _M:
        """Build the model from decoded JSON. Nothing is checked or copied."""
        raise NotImplementedError

    def _set_extra(self, source: Mapping[str, Any]) -> None:
        """Keep the members of the source that the contract does not describe."""
        known = {wire_name for _, wire_name in self.FIELDS}
        self._extra = {
            name: value for name, value in source.items() if name not in known
        }

    @classmethod
    def decode(cls, value: Any) -> Any:
        """Build the model from an object; hand anything else on as it is."""
        return cls.from_dict(value) if is_object(value) else value

    def __attrs_post_init__(self) -> None:
        for name, _ in self.FIELDS:
            if getattr(self, name) is MISSING:
                delattr(self, name)

    if not TYPE_CHECKING:  # a type checker shall still find misspelt members

        def __getattr__(self, name: str) -> Any:
            """Read what is in no slot: a missing member, or one not in the contract."""
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

    def _set_request_id(
        self, request_id: str | None, workspace_id: str | None = None
    ) -> None:
        """Keep what names the exchange that answered this, as `_request_id`."""
        if request_id is not None:
            self._request_id = request_id
        if workspace_id is not None:
            self._workspace_id = workspace_id

    @property
    def model_extra(self) -> dict[str, Any]:
        """The members that the contract does not describe."""
        return self._extra

    @property
    def model_fields_set(self) -> set[str]:
        """The names of the attributes that were sent, or given when building."""
        return {name for name, _ in self._filled()} | set(self._extra)

    def _filled(self) -> list[tuple[str, str]]:
        filled: list[tuple[str, str]] = []
        for name, wire_name in self.FIELDS:
            try:
                object.__getattribute__(self, name)
            except AttributeError:
                continue
            filled.append((name, wire_name))
        return filled

    def to_dict(self) -> dict[str, Any]:
        """Return the members that were sent, unknown ones too, as plain JSON data."""
        known = {
            wire_name: to_plain(getattr(self, name))
            for name, wire_name in self._filled()
        }
        return known | {name: to_plain(value) for name, value in self._extra.items()}

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return `to_dict()` as JSON text, with this many spaces of indentation."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)

    def model_dump(self, *, exclude_unset: bool = False) -> dict[str, Any]:
        """Return the members by attribute name; missing ones are None unless excluded.

        The name is pydantic's, for code written for the official SDK.
        """
        names = {name for name, _ in self._filled()} if exclude_unset else None
        known = {
            name: to_plain(getattr(self, name))
            for name, _ in self.FIELDS
            if names is None or name in names
        }
        return known | {name: to_plain(value) for name, value in self._extra.items()}

    def model_dump_json(
        self, *, indent: int | None = None, exclude_unset: bool = False
    ) -> str:
        """Return `model_dump()` as JSON text."""
        data = self.model_dump(exclude_unset=exclude_unset)
        separators = (",", ":") if indent is None else None
        return json.dumps(
            data, indent=indent, ensure_ascii=False, separators=separators
        )

    def model_copy(self: _M, *, update: Mapping[str, Any] | None = None) -> _M:
        """Return a shallow copy, with some attributes changed."""
        copy = _restore(type(self), self._state())
        for name, value in (update or {}).items():
            if any(name == field for field, _ in self.FIELDS):
                setattr(copy, name, value)
            else:
                copy._extra[name] = value
        return copy

    def _state(self) -> dict[str, Any]:
        state = {name: getattr(self, name) for name, _ in self._filled()}
        names = {name: getattr(self, name) for name in _NAMES}
        return state | {"_extra": dict(self._extra)} | names

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self._state())

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, Model):
            return NotImplemented
        return self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]  # models can be changed

    def __repr__(self) -> str:
        members = [f"{name}={getattr(self, name)!r}" for name, _ in self._filled()]
        members += [f"{name}={value!r}" for name, value in self._extra.items()]
        return f"{type(self).__name__}({', '.join(members)})"


def _restore(cls: type[_M], state: Mapping[str, Any]) -> _M:
    instance = cls.__new__(cls)
    for name, value in state.items():
        setattr(instance, name, value)
    return instance


def to_plain(value: Any) -> Any:
    """Turn what a model holds back into plain JSON data."""
    if isinstance(value, Model):
        return value.to_dict()
    if is_array(value):
        return [to_plain(item) for item in value]
    if is_object(value):
        return {key: to_plain(item) for key, item in value.items()}
    isoformat = getattr(value, "isoformat", None)
    if isoformat is not None:
        return isoformat()
    return value if isinstance(value, (str, int, float, type(None))) else str(value)
