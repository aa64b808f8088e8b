"""Check every import of every module against the table in CONTRIBUTING.md.

Also forbid import cycles inside a package, and modules that nothing imports.
"""

from __future__ import annotations

import ast
import functools
import re
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE_ROOTS = (ROOT / "src", ROOT / "generated")
CODE = re.compile(r"`([^`]+)`")
CODE_AND_COLON = re.compile(r"`([^`]+)`: `([^`]+)`")

# Modules that are imported by listing their folder.
LISTED = ("text_completions_contract.clauses.",)
# Where the modules are named that are run or loaded by name.
MENTIONS = "\n".join(
    path.read_text(encoding="utf-8")
    for path in (ROOT / "pyproject.toml", ROOT / "Makefile", *ROOT.glob("docs/*.md"))
)


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
    if package == "generator":  # a script with its modules beside it, not installed
        return ROOT / package
    (folder,) = [root / package for root in SOURCE_ROOTS if (root / package).is_dir()]
    return folder


@functools.cache
def modules_of(package: str) -> dict[str, Path]:
    """Return the modules of a package by the names that imports use."""
    folder = folder_of(package)
    base = folder if package == "generator" else folder.parent
    return {
        ".".join(path.relative_to(base).with_suffix("").parts).removesuffix(
            ".__init__"
        ): path
        for path in sorted(folder.rglob("*.py"))
    }


parsed = functools.cache(ast.parse)


# Imports of other packages


@functools.cache
def imports_of(source: str) -> list[Import]:
    return list(_imports(parsed(source), at_import_time=True))


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
    own = {name.partition(".")[0] for name in modules_of(package)}
    found = []
    for one in imports_of(source):
        place = f"{package}/{module}:{one.line}"
        if one.name in own:
            continue
        if not rule.allows(one.name, module):
            found.append(f"{place} imports {one.name}")
        elif rule.lazily and one.at_import_time and one.name in rule.allowed:
            found.append(f"{place} imports {one.name} outside a function")
    return found


def test_the_table_names_every_package() -> None:
    folders = [
        path.name
        for root in SOURCE_ROOTS
        for path in root.iterdir()
        if (path / "__init__.py").exists()
    ]
    assert sorted([*folders, "generator"]) == sorted(TABLE)


@pytest.mark.parametrize("package", sorted(TABLE))
def test_a_package_imports_only_what_the_table_allows(package: str) -> None:
    folder = folder_of(package)
    found = [
        violation
        for path in modules_of(package).values()
        for violation in violations(
            path.read_text(encoding="utf-8"), package, path.relative_to(folder)
        )
    ]
    assert found == []


def test_the_packages_do_import_something() -> None:
    imported = {
        one.name
        for package in TABLE
        for path in modules_of(package).values()
        for one in imports_of(path.read_text(encoding="utf-8"))
    }
    assert {"attrs", "httpx", "starlette", "schemathesis"} <= imported


FORBIDDEN = {
    "foreign": ("text_completions", "import yaml"),
    "for types": ("text_completions", "if TYPE_CHECKING:\n    import starlette"),
    "upwards": ("text_completions_runtime", "def f():\n    import text_completions.a"),
    "outside the bridge": ("text_completions_server", "import text_completions"),
    "pytest in the app": ("text_completions_server", "import pytest"),
    "by name": ("text_completions_contract", "import_module('text_completions.a')"),
    "eager": ("text_completions_cli", "from text_completions_server import run"),
    "in a try": ("text_completions_cli", "try:\n    import rich\nfinally:\n    pass"),
    "in a class": ("text_completions_cli", "class A:\n    import rich"),
    "generator": ("generator", "import yaml"),
}


@pytest.mark.parametrize(("package", "source"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_forbidden_import_is_found(package: str, source: str) -> None:
    assert len(violations(source, package, Path("a.py"))) == 1


@pytest.mark.parametrize(
    ("package", "module", "source"),
    [
        ("text_completions_server", "backends/bridge/_a.py", "import text_completions"),
        ("text_completions_server", "fixtures.py", "import pytest"),
        ("text_completions_cli", "_mock.py", "def run():\n    import rich"),
        ("text_completions_runtime", "_sse.py", "import json\nfrom . import _x"),
    ],
    ids=["client in the bridge", "pytest in the fixtures", "lazy", "standard library"],
)
def test_an_allowed_import_passes(package: str, module: str, source: str) -> None:
    assert violations(source, package, Path(module)) == []


# Imports inside a package


def graph_of(sources: dict[str, str], packages: set[str]) -> dict[str, set[str]]:
    """Return which modules of a package each of its modules imports.

    Imports inside functions count, and so do those for types alone: two modules that
    name each other can only be understood together, whenever the import runs. That
    importing a module also imports the packages around it does not count.
    """
    return {
        name: {
            target
            for node in ast.walk(parsed(source))
            for target in _targets(node, name, name in packages, sources)
        }
        - {name}
        for name, source in sources.items()
    }


def _targets(
    node: ast.AST, module: str, is_package: bool, modules: Collection[str]
) -> Iterator[str]:
    """Yield the modules that an import statement names."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in modules)
    if isinstance(node, ast.ImportFrom):
        parents = module.split(".") if node.level else []
        above = node.level - is_package
        base = parents[: len(parents) - above]
        source = ".".join([*base, *([node.module] if node.module else [])])
        for alias in node.names:
            inner = f"{source}.{alias.name}"
            if inner in modules:
                yield inner
            elif source in modules:
                yield source


@functools.cache
def whole_graph() -> dict[str, set[str]]:
    modules = {name: path for one in TABLE for name, path in modules_of(one).items()}
    return graph_of(
        {name: path.read_text(encoding="utf-8") for name, path in modules.items()},
        {name for name, path in modules.items() if path.name == "__init__.py"},
    )


def cycle_in(graph: dict[str, set[str]]) -> list[str]:
    """Return the modules of one import cycle, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        return cycle[::-1]
    return []


# Emitted models refer to each other as the schemas of the document do.
@pytest.mark.parametrize("package", sorted(TABLE.keys() - {"text_completions"}))
def test_a_package_has_no_import_cycle(package: str) -> None:
    own = modules_of(package)
    assert cycle_in({name: whole_graph()[name] & own.keys() for name in own}) == []


def folders_of(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return which folders and modules at the top of a package import which.

    `p.a.x` and `p.a.y` are both `p.a`; what `p` itself imports does not count.
    """
    folders: dict[str, set[str]] = {}
    for name, targets in graph.items():
        mine = ".".join(name.split(".")[:2])
        theirs = {".".join(target.split(".")[:2]) for target in targets}
        folders.setdefault(mine, set()).update(theirs - {mine})
    return folders


def test_the_folders_of_the_server_have_no_import_cycle() -> None:
    own = modules_of("text_completions_server")
    graph = {name: whole_graph()[name] & own.keys() for name in own}
    assert cycle_in(folders_of(graph)) == []


def test_an_import_cycle_between_folders_is_found() -> None:
    graph = {"p.a.x": {"p.b.x"}, "p.b.x": set[str](), "p.b.y": {"p.a.y"}}
    assert cycle_in(graph) == []
    assert sorted(set(cycle_in(folders_of(graph)))) == ["p.a", "p.b"]


def test_an_import_cycle_is_found() -> None:
    types_only = "if TYPE_CHECKING:\n    from ._a import A"
    sources = {"p": "from ._a import A", "p._a": "from . import _b", "p._b": types_only}
    assert cycle_in(graph_of(sources, {"p"})) == ["p._a", "p._b", "p._a"]
    assert cycle_in(graph_of({**sources, "p._b": ""}, {"p"})) == []


def test_every_module_is_used() -> None:
    """Each is imported, found by listing its folder, or named to those who run it."""
    imported = {target for targets in whole_graph().values() for target in targets}
    packages = {
        name
        for package in TABLE
        for name, path in modules_of(package).items()
        if path.name in ("__init__.py", "__main__.py")
    }
    unused = {
        name
        for name in whole_graph().keys() - imported - packages
        if not name.startswith(LISTED) and not re.search(rf"\b{name}\b", MENTIONS)
    }
    assert unused == set()
