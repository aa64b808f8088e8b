"""Values that say "not given", apart from every value an API could mean."""

from __future__ import annotations

from typing import Any, Literal

__all__ = [
    "NOT_GIVEN",
    "NotGiven",
    "Null",
    "Omit",
    "is_given",
    "not_given",
    "null",
    "omit",
]


class NotGiven:
    """The type of `not_given`: the caller said nothing, so a default applies."""

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "NOT_GIVEN"

    def __reduce__(self) -> str:
        return "not_given"


class Omit:
    """The type of `omit`: leave the parameter or the header out of the request."""

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "omit"

    def __reduce__(self) -> str:
        return "omit"


class Null:
    """The type of `null`: send null, where `None` would leave the parameter out."""

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "null"

    def __reduce__(self) -> str:
        return "null"


not_given = NotGiven()
NOT_GIVEN = not_given
omit = Omit()
null = Null()


def is_given(value: Any) -> bool:
    """Tell whether a caller gave a value: neither `None` nor one of the sentinels."""
    return value is not None and not isinstance(value, (NotGiven, Omit))
