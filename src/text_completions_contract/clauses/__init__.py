"""The clauses, a module per section.

Importing this package imports every module of its folder, and each module registers
its clauses. A new section is a new file.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

__all__: list[str] = []

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
