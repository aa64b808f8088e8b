"""Helpers of generated modules: late imports, and wrappers of their methods."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from importlib import import_module
from typing import Any, Generic, ParamSpec, TypeVar, cast

from ._response.responses import AsyncStreamedResponse, RawResponse, StreamedResponse
from ._streaming.stream import AsyncStream, Stream

A = TypeVar("A", bound=AsyncStream[Any] | AsyncStreamedResponse[Any])
P = ParamSpec("P")
R = TypeVar("R", bound=Stream[Any] | StreamedResponse[Any])
T = TypeVar("T")
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


# How methods of a resource return HTTP responses, and open in a `with` block. The
# resource decides what its methods return. The wrappers give them the right type, and
# make a response with an unread body open in a `with` block.


class CallContextManager(Generic[R]):
    """A call that is made when its `with` block begins, and closed at its end."""

    def __init__(self, call: Callable[[], R]) -> None:
        self._call = call

    def __enter__(self) -> R:
        self._result = self._call()
        return self._result

    def __exit__(self, *_: object) -> None:
        self._result.close()


class AsyncCallContextManager(Generic[A]):
    """A call that is made when its `async with` block begins, and closed at its end."""

    def __init__(self, call: Callable[[], Awaitable[A]]) -> None:
        self._call = call

    async def __aenter__(self) -> A:
        self._result = await self._call()
        return self._result

    async def __aexit__(self, *_: object) -> None:
        await self._result.close()


def raw(method: Callable[P, T]) -> Callable[P, RawResponse[T]]:
    """Type a method whose calls return `RawResponse`."""
    return cast("Callable[P, RawResponse[T]]", method)


def async_raw(
    method: Callable[P, Awaitable[T]],
) -> Callable[P, Awaitable[RawResponse[T]]]:
    """Type a method whose calls return `RawResponse` when awaited."""
    return cast("Callable[P, Awaitable[RawResponse[T]]]", method)


def streamed(
    method: Callable[P, T],
) -> Callable[P, CallContextManager[StreamedResponse[T]]]:
    """Make a method whose calls return a response open it in `with`."""

    @wraps(method)
    def open_late(*args: P.args, **kwargs: P.kwargs) -> CallContextManager[Any]:
        call: Callable[..., Any] = method  # its resource returns responses
        return CallContextManager(lambda: call(*args, **kwargs))

    return open_late


def async_streamed(
    method: Callable[P, Awaitable[T]],
) -> Callable[P, AsyncCallContextManager[AsyncStreamedResponse[T]]]:
    """Make a method whose calls return a response open it in `async with`."""

    @wraps(method)
    def open_late(*args: P.args, **kwargs: P.kwargs) -> AsyncCallContextManager[Any]:
        call: Callable[..., Any] = method
        return AsyncCallContextManager(lambda: call(*args, **kwargs))

    return open_late
