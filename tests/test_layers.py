"""Every import of every module, held against the table in CONTRIBUTING.md."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE_ROOTS = (ROOT / "src", ROOT / "generated")
CODE = re.compile(r"`([^`]+)`")
CODE_AND_COLON = re.compile(r"`([^`]+)`: `([^`]+)`")


@dataclass(frozen=True)
class Rule:
    """One row of the table."""

    allowed: frozenset[str]
    elsewhere: frozenset[tuple[str, str]]
    lazily: bool

    def allows(self, name: str, module: Path) -> bool:
        """Tell whether this module of the package may import that package."""
        parts = {part.lstrip("_") for part in module.with_suffix("").parts}
        return (
            name in self.allowed
            or name in sys.stdlib_module_names
            or any((part, name) in self.elsewhere for part in parts)
        )


@dataclass(frozen=True)
class Import:
    """One import statement, or a call that does the same."""

    name: str
    line: int
    at_import_time: bool


def table_of_contributing() -> dict[str, Rule]:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition("## Who may import whom")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("| `")]
    return {CODE.findall(row[1])[0]: rule_of(row[2], row[3]) for row in rows}


def rule_of(may_import: str, in_one_module: str) -> Rule:
    return Rule(
        allowed=frozenset(CODE.findall(may_import)),
        elsewhere=frozenset(CODE_AND_COLON.findall(in_one_module)),
        lazily=may_import.strip().startswith("lazily:"),
    )


TABLE = table_of_contributing()


def folder_of(package: str) -> Path:
    found = [root / package for root in SOURCE_ROOTS if (root / package).is_dir()]
    assert len(found) == 1, f"{package} is in {len(found)} source roots"
    return found[0]


def imports_of(source: str, package: str) -> list[Import]:
    """Find what a module imports, apart from its own package."""
    found = _imports(ast.parse(source), at_import_time=True)
    return [one for one in found if one.name != package]


def _imports(node: ast.AST, *, at_import_time: bool) -> Iterator[Import]:
    for name in _names(node):
        yield Import(name.partition(".")[0], getattr(node, "lineno", 0), at_import_time)
    for child in ast.iter_child_nodes(node):
        yield from _imports(child, at_import_time=at_import_time and not _waits(node))


def _names(node: ast.AST) -> list[str]:
    match node:
        case ast.Import():
            return [alias.name for alias in node.names]
        case ast.ImportFrom(module=str(name), level=0):
            return [name]
        case ast.Call(
            func=ast.Name("import_module" | "__import__")
            | ast.Attribute(attr="import_module"),
            args=[ast.Constant(value=str(name)), *_],
        ):
            return [name]
    return []


def _waits(node: ast.AST) -> bool:
    """Tell whether what is inside the node runs later than the import."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            return True
        case ast.If(test=ast.Name("TYPE_CHECKING")):
            return True
    return False


def violations(source: str, package: str, module: Path) -> list[str]:
    rule = TABLE[package]
    found = []
    for one in imports_of(source, package):
        place = f"{package}/{module}:{one.line}"
        if not rule.allows(one.name, module):
            found.append(f"{place} imports {one.name}")
        elif rule.lazily and one.at_import_time and one.name in rule.allowed:
            found.append(f"{place} imports {one.name} outside a function")
    return found


def test_the_table_names_exactly_the_packages_there_are() -> None:
    folders = [
        path.name
        for root in SOURCE_ROOTS
        for path in root.iterdir()
        if path.is_dir() and path.name != "__pycache__" and "." not in path.name
    ]
    assert sorted(folders) == sorted(TABLE)
    assert len(TABLE) == 5


@pytest.mark.parametrize("package", sorted(TABLE))
def test_a_package_imports_only_what_the_table_allows(package: str) -> None:
    folder = folder_of(package)
    modules = sorted(folder.rglob("*.py"))
    assert folder / "__init__.py" in modules
    found = [
        violation
        for path in modules
        for violation in violations(
            path.read_text(encoding="utf-8"), package, path.relative_to(folder)
        )
    ]
    assert found == []


def test_the_packages_do_import_something() -> None:
    imported = {
        one.name
        for package in TABLE
        for path in folder_of(package).rglob("*.py")
        for one in imports_of(path.read_text(encoding="utf-8"), package)
    }
    assert {"attrs", "httpx", "starlette", "schemathesis"} <= imported


@pytest.mark.parametrize(
    ("package", "module", "source"),
    [
        pytest.param("text_completions", "a.py", "import yaml", id="foreign"),
        pytest.param(
            "text_completions",
            "a.py",
            "if TYPE_CHECKING:\n    from text_completions_server import App",
            id="for types only",
        ),
        pytest.param(
            "text_completions_runtime",
            "a.py",
            "def f():\n    import text_completions.models",
            id="upwards",
        ),
        pytest.param(
            "text_completions_server",
            "a.py",
            "from text_completions import Client",
            id="client outside the bridge",
        ),
        pytest.param(
            "text_completions_server", "a.py", "import pytest", id="pytest in the app"
        ),
        pytest.param(
            "text_completions_contract",
            "a.py",
            "importlib.import_module('text_completions.models')",
            id="by name",
        ),
        pytest.param(
            "text_completions_cli",
            "a.py",
            "from text_completions_server import run",
            id="eager",
        ),
        pytest.param(
            "text_completions_cli",
            "a.py",
            "try:\n    import text_completions\nexcept ImportError:\n    pass",
            id="eager in a try",
        ),
        pytest.param(
            "text_completions_cli",
            "a.py",
            "class A:\n    import text_completions",
            id="eager in a class",
        ),
    ],
)
def test_a_forbidden_import_is_found(package: str, module: str, source: str) -> None:
    assert len(violations(source, package, Path(module))) == 1


@pytest.mark.parametrize(
    ("package", "module", "source"),
    [
        pytest.param(
            "text_completions_server",
            "_bridge.py",
            "from text_completions import Client",
            id="client in the bridge",
        ),
        pytest.param(
            "text_completions_server",
            "backends/bridge/_calls.py",
            "from text_completions import Client",
            id="client in a bridge of many modules",
        ),
        pytest.param(
            "text_completions_server",
            "fixtures.py",
            "import pytest",
            id="pytest in the fixtures",
        ),
        pytest.param(
            "text_completions_cli",
            "_mock.py",
            "def run():\n    from text_completions_server import serve",
            id="lazy",
        ),
        pytest.param(
            "text_completions_runtime",
            "_sse.py",
            "import json\nfrom . import _x\nfrom text_completions_runtime import y",
            id="standard library and itself",
        ),
    ],
)
def test_an_allowed_import_is_let_through(
    package: str, module: str, source: str
) -> None:
    assert violations(source, package, Path(module)) == []
