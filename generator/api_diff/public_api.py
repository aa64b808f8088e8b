"""Reads the public API of an emitted package: what callers see of it, as data.

It is read from the code, so that the package of yesterday has one too, whatever
document and templates it came from.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Item(NamedTuple):
    """Something that callers see.

    Attributes:
        text: What it is: a type, a default, a base, a value.
        required: Whether callers must give it: an argument without a default.
    """

    text: str
    required: bool = False


PublicApi = dict[tuple[str, ...], Item]
"""The items by their names: `("completions.create", "temperature")`."""


def public_api_of(package: Path) -> PublicApi:
    """Read the public API of a package; without a package it is empty.

    Raises:
        SyntaxError: A module is not Python.
        OSError: A module cannot be read.
    """
    api: PublicApi = {}
    for path in sorted(package.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        api.update(_of_module(path.relative_to(package).parts, tree))
    return api


def _of_module(
    parts: tuple[str, ...], tree: ast.Module
) -> Iterator[tuple[tuple[str, ...], Item]]:
    if parts == ("__init__.py",):
        yield from _constants(tree)
    elif parts == ("errors.py",):
        yield from _exceptions(tree)
    elif parts == ("prompts.py",):
        yield from _functions(tree)
    elif parts == ("client.py",):
        yield from _clients(tree)
    elif parts[0] == "resources" and parts[1] != "__init__.py":
        yield from _methods(parts[1].removesuffix(".py"), tree)
    elif parts[0] == "types" and parts[1] != "__init__.py":
        yield from _models(tree)


def _constants(tree: ast.Module) -> Iterator[tuple[tuple[str, ...], Item]]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(name)], value=ast.Constant(value)):
                yield (name,), Item(f"= {value!r}")
            case _:
                pass


def _exceptions(tree: ast.Module) -> Iterator[tuple[tuple[str, ...], Item]]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            bases = ", ".join(ast.unparse(base) for base in node.bases)
            yield (node.name,), Item(f"({bases})")


def _functions(tree: ast.Module) -> Iterator[tuple[tuple[str, ...], Item]]:
    """Yield the functions of a module, whose arguments no document changes."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield (node.name,), Item(f"-> {_text(node.returns)}")


def _clients(tree: ast.Module) -> Iterator[tuple[tuple[str, ...], Item]]:
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        yield (node.name,), Item("")
        for member in node.body:
            if isinstance(member, ast.FunctionDef) and member.name == "__init__":
                for name, item in _arguments(member):
                    yield (node.name, name), item


def _methods(tag: str, tree: ast.Module) -> Iterator[tuple[tuple[str, ...], Item]]:
    """Yield the methods of a resource; the async and raw classes have the same ones."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for node in classes:
        if node.name.startswith("Async") or "With" in node.name:
            continue
        for member in node.body:
            if isinstance(member, ast.FunctionDef) and _is_call(member):
                name = f"{tag}.{member.name}"
                yield (name,), Item(f"-> {_text(member.returns)}")
                for argument, item in _arguments(member):
                    yield (name, argument), item


def _is_call(node: ast.FunctionDef) -> bool:
    marks = {ast.unparse(mark) for mark in node.decorator_list}
    return not node.name.startswith("_") and not marks & {"overload", "cached_property"}


def _arguments(node: ast.FunctionDef) -> Iterator[tuple[str, Item]]:
    positional = node.args.args[1:]
    missing = len(positional) - len(node.args.defaults)
    defaults = [*[None] * max(missing, 0), *node.args.defaults[-len(positional) :]]
    listed = [*zip(positional, defaults, strict=False)]
    listed += [*zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]
    for argument, default in listed:
        annotation = f": {_text(argument.annotation)}"
        value = "" if default is None else f" = {_text(default)}"
        yield argument.arg, Item(annotation + value, required=default is None)


def _models(tree: ast.Module) -> Iterator[tuple[tuple[str, ...], Item]]:
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name, body=body):
                yield (f"types.{name}",), Item("")
                yield from _members(f"types.{name}", body)
            case ast.Assign(targets=[ast.Name(name)], value=ast.Call(args=[_, fields])):
                yield (f"types.{name}",), Item("")
                yield from _fields(f"types.{name}", fields)
            case ast.AnnAssign(
                target=ast.Name(name), value=ast.Subscript(slice=values)
            ):
                yield (f"types.{name}",), Item("")
                for value in values.elts if isinstance(values, ast.Tuple) else [values]:
                    yield (f"types.{name}", _text(value)), Item("")
            case _:
                pass


def _members(
    model: str, body: list[ast.stmt]
) -> Iterator[tuple[tuple[str, ...], Item]]:
    for node in body:
        match node:
            case ast.AnnAssign(target=ast.Name(name), annotation=kind, value=default):
                if not _text(kind).startswith("ClassVar"):
                    optional = "" if default is None else ", may be missing"
                    yield (model, name), Item(f": {_text(kind)}{optional}")
            case _:
                pass


def _fields(model: str, fields: ast.expr) -> Iterator[tuple[tuple[str, ...], Item]]:
    """Yield the members of a TypedDict that is written as a call."""
    if isinstance(fields, ast.Dict):
        for key, kind in zip(fields.keys, fields.values, strict=True):
            if isinstance(key, ast.Constant):
                yield (model, str(key.value)), Item(f": {_unquoted(kind)}")


def _unquoted(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else _text(node)


def _text(node: ast.AST | None) -> str:
    return "" if node is None else ast.unparse(node)
