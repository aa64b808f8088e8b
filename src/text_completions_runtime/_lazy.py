"""Names that are imported when they are first read (PEP 562).

Models take longer to make than all the rest of a client, and few programs need all.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["lazy"]


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
