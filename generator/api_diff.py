"""Compares what callers see of two emitted packages: names, types, defaults.

It reads their code, so it does not matter which edit of a document, a template or the
generator a change came from.
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


Name = tuple[str, ...]
"""A thing, or a part of one: `("completions.create", "temperature")`."""
PublicApi = dict[Name, Item]


def changes(old: PublicApi, new: PublicApi) -> list[str]:
    """Say what was added, removed and changed, a line each, in the order of the names.

    A line begins with `+`, `-` or `~`; what can break a caller's code is marked. Of a
    thing that is new or gone as a whole, the parts are not listed.
    """
    names = sorted(old.keys() | new.keys())
    return [line for name in names for line in _change(name, old, new)]


def _change(name: Name, old: PublicApi, new: PublicApi) -> Iterator[str]:
    before, after = old.get(name), new.get(name)
    owner = name[:-1]
    if before == after or (owner and (owner not in old or owner not in new)):
        return
    if before is None and after is not None:
        mark = "  (breaking: it is required)" if owner and after.required else ""
        yield f"+ {_declared(name, after, new)}{mark}"
    elif after is None and before is not None:
        yield f"- {_declared(name, before, old)}  (breaking)"
    elif before is not None and after is not None:
        newly = after.required > before.required
        mark = "  (breaking: it is required now)" if newly else ""
        text = after.text.removeprefix(": ")
        yield f"~ {_qualified(name)}{before.text}  now  {text}{mark}"


def _declared(name: Name, item: Item, api: PublicApi) -> str:
    """Write a thing with its type; a method with the arguments that it demands."""
    root, *inner = name
    if inner or not item.text.startswith("->"):
        space = " " if item.text.startswith(("=", "->")) else ""
        return f"{_qualified(name)}{space}{item.text}"
    arguments = [one for one in api if one[:-1] == name]
    required = [f"{one[-1]}{api[one].text}" for one in arguments if api[one].required]
    more = ["…"] if len(required) < len(arguments) else []
    return f"{root}({', '.join([*required, *more])}) {item.text}"


def _qualified(name: Name) -> str:
    if len(name) == 1:
        return name[0]
    owner, part = name
    return f"{owner}.{part}" if owner.startswith("types.") else f"{owner}({part})"


# Reading the code -----------------------------------------------------------------


def public_api_of(package: Path) -> PublicApi:
    """Read the public API of a package; without a package it is empty.

    Raises:
        SyntaxError: A module is not Python.
        ValueError: A module is not UTF-8, or was edited by hand.
        OSError: A module cannot be read.
    """
    api: PublicApi = {}
    for path in sorted(package.rglob("*.py")):
        *folders, module = path.relative_to(package).with_suffix("").parts
        for node in ast.parse(path.read_text("utf-8")).body:
            api.update(_items("/".join(folders), module, node))
    return api


def _items(folder: str, module: str, node: ast.stmt) -> Iterator[tuple[Name, Item]]:
    """Yield what a statement at the top of a module declares."""
    match folder, module, node:
        case "", "__init__", ast.Assign([ast.Name(name)], ast.Constant(value)):
            yield (name,), Item(f"= {value!r}")
        case "", "errors", ast.ClassDef(name, bases):
            yield (name,), Item(f"({', '.join(map(ast.unparse, bases))})")
        case "", "prompts", ast.FunctionDef(name, returns=returns):
            # No document changes its arguments.
            yield (name,), Item(f"-> {_text(returns)}")
        case "", "client", ast.ClassDef(name, body=body):
            yield (name,), Item("")
            for member in body:
                if isinstance(member, ast.FunctionDef) and member.name == "__init__":
                    yield from _arguments(name, member)
        case "resources", tag, ast.ClassDef(name, body=body):
            # The async and the raw classes have the same methods.
            if not name.startswith("Async") and "With" not in name:
                for member in body:
                    if isinstance(member, ast.FunctionDef) and _is_call(member):
                        call = f"{tag}.{member.name}"
                        yield (call,), Item(f"-> {_text(member.returns)}")
                        yield from _arguments(call, member)
        case "types", _, ast.ClassDef(name, body=body):
            yield (f"types.{name}",), Item("")
            for member in body:
                if isinstance(member, ast.AnnAssign):
                    yield from _member(f"types.{name}", member)
        case "types", _, ast.Assign([ast.Name(name)], ast.Call(args=[_, fields])):
            yield (f"types.{name}",), Item("")
            for key, kind in ast.literal_eval(fields).items():
                yield (f"types.{name}", key), Item(f": {kind}")
        case "types", _, ast.AnnAssign(ast.Name(name), value=ast.Subscript() as value):
            yield (f"types.{name}",), Item("")
            for option in getattr(value.slice, "elts", [value.slice]):
                yield (f"types.{name}", ast.unparse(option)), Item("")
        case _:
            pass


def _is_call(node: ast.FunctionDef) -> bool:
    marks = {ast.unparse(mark) for mark in node.decorator_list}
    return not node.name.startswith("_") and not marks & {"overload", "cached_property"}


def _arguments(owner: str, node: ast.FunctionDef) -> Iterator[tuple[Name, Item]]:
    arguments = node.args
    positional = arguments.args[1:]
    missing: list[ast.expr | None] = [None] * len(positional)
    defaults = [*missing, *arguments.defaults][-len(positional) or None :]
    listed = [*zip(positional, defaults, strict=False)]
    listed += zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    for argument, default in listed:
        value = "" if default is None else f" = {ast.unparse(default)}"
        text = f": {_text(argument.annotation)}{value}"
        yield (owner, argument.arg), Item(text, required=default is None)


def _member(model: str, node: ast.AnnAssign) -> Iterator[tuple[Name, Item]]:
    kind = ast.unparse(node.annotation)
    if not kind.startswith("ClassVar"):
        optional = "" if node.value is None else ", may be missing"
        yield (model, ast.unparse(node.target)), Item(f": {kind}{optional}")


def _text(node: ast.expr | None) -> str:
    return "" if node is None else ast.unparse(node)
