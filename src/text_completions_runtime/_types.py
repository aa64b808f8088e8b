"""Types and values that callers, models and requests share."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, Protocol, TypeGuard, TypeVar

_T_co = TypeVar("_T_co", covariant=True)


class _Sentinel:
    _name: ClassVar[str]

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return self._name

    def __reduce__(self) -> str:
        return self._name  # pickled as this name in this module


class NotGiven(_Sentinel):
    """The type of `not_given`: the caller did not pass it, so the default applies."""

    _name = "NOT_GIVEN"


class Omit(_Sentinel):
    """The type of `omit`: leave the parameter or the header out of the request."""

    _name = "omit"


class Null(_Sentinel):
    """The type of `null`: send null, where `None` leaves the parameter out."""

    _name = "null"


not_given = NotGiven()
NOT_GIVEN = not_given
omit = Omit()
null = Null()


def is_given(value: Any) -> bool:
    """Return whether a caller passed a value, and neither `None` nor a sentinel."""
    return value is not None and not isinstance(value, (NotGiven, Omit))


class SequenceNotStr(Protocol[_T_co]):
    """A Sequence that is not a str, to catch `stop_sequences="text"`.

    Type checkers tell them apart by `__contains__`: that of a str takes only a str,
    that of every other Sequence takes any object.
    """

    def __getitem__(self, index: int, /) -> _T_co: ...
    def __contains__(self, value: object, /) -> bool: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[_T_co]: ...
    def index(self, value: Any, start: int = 0, stop: int = ..., /) -> int: ...
    def count(self, value: Any, /) -> int: ...
    def __reversed__(self) -> Iterator[_T_co]: ...


class Timestamp(datetime.datetime):
    """A datetime that keeps the text it was read from, for `to_dict()`.

    Attributes:
        text: That text: a datetime cannot keep nanoseconds, or `Z`. None if this time
            was computed.
    """

    text: str | None = None

    def __repr__(self) -> str:
        return f"datetime.{super().__repr__()}"

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        if self.text is None:
            return datetime.datetime.fromisoformat, (self.isoformat(),)
        return read_timestamp, (self.text,)


Timestamp.__name__ = "datetime"  # in its repr: callers need not know of the class


def read_timestamp(text: str) -> Timestamp:
    """Read an RFC 3339 date and time.

    Raises:
        ValueError: There is no such time.
    """
    timestamp = Timestamp.fromisoformat(text.upper())
    timestamp.text = text
    return timestamp


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Return whether decoded JSON is an object."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Return whether decoded JSON is an array."""
    return isinstance(value, list)


def is_mapping(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    """Return whether a caller's value is a mapping, which becomes a JSON object."""
    return isinstance(value, Mapping)


def require_mapping(value: Any, name: str) -> Mapping[Any, Any]:
    """Return a caller's mapping, with keys that may be anything.

    Raises:
        TypeError: It is something else. The message does not show it: a header may
            hold a key.
    """
    if is_mapping(value):
        return value
    raise TypeError(
        f"{name} must be a mapping of names to values, not of type "
        f"{type(value).__name__}"
    )
