"""Helpers of generated modules: lazy names, and TypeErrors that show the signature."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from importlib import import_module
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


def lazy(
    module: str, places: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a module that imports names late (PEP 562).

    Creating the models takes longer than everything else in a client, and few
    programs need all of them.

    Args:
        module: The module's name, `__name__`.
        places: The module that holds each name, relative to this module's package. A
            place with the same name as its key is that module itself.
    """
    namespace = vars(sys.modules[module])

    def read(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        holder = import_module(places[name], namespace["__package__"])
        is_module = places[name] == f".{name}"
        value = namespace[name] = holder if is_module else getattr(holder, name)
        return value

    def names() -> list[str]:
        return sorted({*namespace, *places})

    return read, names


def with_signature_errors(method: F) -> F:
    """Add the signature to the TypeError of a call with wrong arguments.

    A coroutine function stays one, and then the error comes when it is awaited. A
    TypeError from inside the method stays as it is.
    """

    @wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except TypeError as error:
            traceback = error.__traceback__
            if traceback is not None and traceback.tb_next is not None:
                raise  # from inside the method
            message = f"{error}. The call is {_signature(method)}"
            raise TypeError(message) from None

    @wraps(method)
    async def call_async(*args: Any, **kwargs: Any) -> Any:
        return await call(*args, **kwargs)

    is_async = inspect.iscoroutinefunction(method)
    return cast("F", call_async if is_async else call)


def _signature(method: Callable[..., Any]) -> str:
    """Write a signature without types. An argument with a default shows as `name=…`."""
    own = list(inspect.signature(method).parameters.values())[1:]
    words = [
        one.name if one.default is inspect.Parameter.empty else f"{one.name}=…"
        for one in own
    ]
    return f"{method.__name__}(*, {', '.join(words)})"
