"""Every package's `__init__` says what is public, and says it truly."""

from __future__ import annotations
import __future__

import importlib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = sorted(
    path.parent.name
    for root in ("src", "generated")
    for path in (ROOT / root).glob("*/__init__.py")
)


def public_packages() -> list[str]:
    """Name every package and subpackage that no underscore makes private.

    The packages below `api` are no doors: each is the module of one resource.
    """
    doors = [
        door.parent.relative_to(source_root)
        for source_root in (ROOT / "src", ROOT / "generated")
        for door in source_root.rglob("__init__.py")
    ]
    return sorted(
        ".".join(door.parts)
        for door in doors
        if not any(part.startswith("_") for part in door.parts)
        and "api" not in door.parts[:-1]
    )


def public_names(package: ModuleType) -> set[str]:
    """Find what a user of the package would take for public."""
    return {
        name
        for name, value in vars(package).items()
        if not name.startswith("_")
        and name != "TYPE_CHECKING"
        and not isinstance(value, (ModuleType, __future__._Feature))
    }


def test_all_packages_are_looked_at() -> None:
    assert set(PACKAGES) <= set(public_packages())


@pytest.mark.parametrize("name", public_packages())
def test_all_is_what_a_package_shows(name: str) -> None:
    package = importlib.import_module(name)
    promised = list(getattr(package, "__all__", []))

    assert len(promised) == len(set(promised))
    missing = [one for one in promised if not hasattr(package, one)]
    assert missing == [], "in __all__, but not there"
    assert public_names(package) - set(promised) == set(), "there, but not in __all__"


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_of_its_own_promises_something(name: str) -> None:
    promised = importlib.import_module(name).__all__

    assert promised
    private = [
        one for one in promised if one.startswith("_") and not one.endswith("__")
    ]
    assert private == []
