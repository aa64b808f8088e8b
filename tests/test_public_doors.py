"""Check that `__all__` of every package lists exactly what it offers."""

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


def doors() -> list[str]:
    """Name the packages that users import from.

    Those inside ours only sort modules, which are private. Those below `api` in the
    emitted client are no doors either: each is the module of one resource.
    """
    emitted = (ROOT / "generated").rglob("__init__.py")
    names = {".".join(init.relative_to(ROOT).parent.parts[1:]) for init in emitted}
    return sorted({name for name in names if ".api." not in name} | {*PACKAGES})


def public_names(package: ModuleType) -> set[str]:
    """Return the names that a user of the package would take for public."""
    return {
        name
        for name, value in vars(package).items()
        if not name.startswith("_")
        and name != "TYPE_CHECKING"
        and not isinstance(value, (ModuleType, __future__._Feature))
    }


@pytest.mark.parametrize("name", doors())
def test_all_lists_the_public_names_of_a_package(name: str) -> None:
    package = importlib.import_module(name)
    listed = list(getattr(package, "__all__", []))

    assert len(listed) == len(set(listed))
    missing = [one for one in listed if not hasattr(package, one)]
    assert missing == [], "in __all__, but not there"
    assert public_names(package) - set(listed) == set(), "there, but not in __all__"


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_has_public_names_without_underscores(name: str) -> None:
    listed = importlib.import_module(name).__all__

    assert listed
    private = [one for one in listed if one.startswith("_") and not one.endswith("__")]
    assert private == []
