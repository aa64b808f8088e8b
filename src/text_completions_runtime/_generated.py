"""Helpers of generated modules: lazy names, and calls that explain their arguments."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from importlib import import_module
from typing import Any, TypeVar, cast

__all__ = ["lazy", "with_signature_errors"]

F = TypeVar("F", bound=Callable[..., Any])


def lazy(
    module: str, places: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a module with lazy names.

    Args:
        module: The module's name, `__name__`.
        places: Where each name is, as a module relative to this module's package;
            one that is called like the name is that module itself.
    """
    namespace = vars(sys.modules[module])

    def read(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        found = import_module(places[name], namespace["__package__"])
        is_module = places[name] == f".{name}"
        value = namespace[name] = found if is_module else getattr(found, name)
        return value

    def names() -> list[str]:
        return sorted({*namespace, *places})

    return read, names


def with_signature_errors(method: F) -> F:
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
