"""Calls with missing or unknown arguments, told with the call's signature."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

__all__ = ["explained"]

F = TypeVar("F", bound=Callable[..., Any])


def explained(method: F) -> F:
    """Add the signature to the `TypeError` of a call that does not fit it.

    A `TypeError` from within the method is none of that, and passes as it is.
    """

    @wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except TypeError as error:
            raised_here = error.__traceback__ is None or not error.__traceback__.tb_next
            if not raised_here:
                raise
            message = f"{error}. The call is {_signature(method)}"
            raise TypeError(message) from None

    return cast("F", call)


def _signature(method: Callable[..., Any]) -> str:
    """Write a signature without its types; what has a default shows as `name=…`."""
    own = list(inspect.signature(method).parameters.values())[1:]
    words = [
        one.name if one.default is inspect.Parameter.empty else f"{one.name}=…"
        for one in own
    ]
    return f"{method.__name__}(*, {', '.join(words)})"
