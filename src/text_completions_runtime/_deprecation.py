"""Warnings for calls of what the document says is deprecated."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from ._spec import ApiSpec, Operation

__all__ = ["warn_of_deprecated"]

_OWN = __name__.partition(".")[0]


def warn_of_deprecated(
    api_spec: ApiSpec, operation: Operation[Any, Any], given: Mapping[str, Any]
) -> None:
    """Warn the code that made a call, once for each deprecated thing that it uses.

    Args:
        api_spec: The data of the client's document.
        operation: What is called.
        given: The arguments that the caller gave.
    """
    for what in _deprecated(operation, given):
        told = f"{what} is deprecated, says {api_spec.document}"
        emitted = api_spec.errors.other.__module__.partition(".")[0]
        level = _frames_within({_OWN, emitted})
        warnings.warn(told, DeprecationWarning, stacklevel=level)


def _deprecated(
    operation: Operation[Any, Any], given: Mapping[str, Any]
) -> Iterator[str]:
    if operation.deprecated:
        yield operation.name
    arguments = [one.argument for one in operation.parameters if one.deprecated]
    if operation.body is not None:
        arguments += operation.body.deprecated
    for name in given if arguments else ():
        if name in arguments:
            yield f"the argument {name!r} of {operation.name}"


def _frames_within(packages: set[str]) -> int:
    """Count the frames from here out to the first one of other code."""
    frame, count = inspect.currentframe(), 0
    while frame is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] not in packages:
            break
        frame, count = frame.f_back, count + 1
    return count
