"""Writes values and texts of the document into code: literals, docstrings, calls.

Whatever comes from a document is data. It reaches the code as a literal that `repr`
or `pformat` wrote, or inside a docstring that it cannot end.
"""

from __future__ import annotations

import ast
import pprint
import re
import textwrap
from collections.abc import Iterable
from typing import Any

from document.supported import ANNOTATIONS
from text_completions_document import is_list, is_object

WIDTH = 88
PROSE_WIDTH = 80  # what is left of a line inside a method


class Code(str):
    """Code that stands among values, which become literals."""

    __repr__ = str.__str__


def literal(value: Any) -> str:
    """Write plain data as a Python literal, in the order that it has."""
    return pprint.pformat(value, sort_dicts=False, width=WIDTH)


def call(function: str, *arguments: Any, **named: Any) -> Code:
    """Write a call; one with named arguments has a line for each of them."""
    listed = [literal(one) for one in arguments]
    listed += [f"{name}={literal(value)}" for name, value in named.items()]
    return Code(f"{function}({', '.join(listed)}{',' if named else ''})")


def schema_at(pointer: str, schema: Any) -> Code:
    """Write the schema that the document has at a pointer."""
    return call("SCHEMAS.at", pointer, schema_data(schema))


def schema_data(schema: Any) -> Any:
    """Return a schema without what only people read, however deep."""
    if is_list(schema):
        return [schema_data(one) for one in schema]
    if not is_object(schema):
        return schema
    kept = {
        key: value
        for key, value in schema.items()
        if key not in ANNOTATIONS and not key.startswith("x-")
    }
    return {
        # The names of members are data, whatever they are called.
        key: {name: schema_data(one) for name, one in value.items()}
        if key == "properties"
        else schema_data(value)
        for key, value in kept.items()
    }


def docstring(text: str, indent: int = 0) -> str:
    """Write a text as a docstring; the template has indented its first line."""
    body = _escaped(text.strip())
    margin = " " * indent
    if not body:
        body = "Undocumented."
    if "\n" not in body and len(body) + indent + 6 <= WIDTH:
        return f'"""{body}"""'
    lines = [margin + line if line.strip() else "" for line in body.split("\n")]
    lines[0] = lines[0].strip()
    return '"""' + "\n".join(lines) + f'\n{margin}"""'


def paragraphs(text: str, *, width: int = PROSE_WIDTH) -> str:
    """Wrap a text of paragraphs."""
    wrapped = [_filled(paragraph, width=width) for paragraph in text.split("\n\n")]
    return "\n\n".join(one for one in wrapped if one.strip())


def entry(name: str, text: str) -> str:
    """Write an entry of an Args or Raises section, its other lines further in."""
    return _filled(f"{name}: {text}", first=4, rest=8)


def _filled(text: str, width: int = PROSE_WIDTH, first: int = 0, rest: int = 0) -> str:
    return textwrap.fill(
        " ".join(text.split()),
        width,
        initial_indent=first * " ",
        subsequent_indent=rest * " ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def sections(*parts: str) -> str:
    """Join the parts of a docstring that are not empty, with a blank line between."""
    return "\n\n".join(part for part in parts if part.strip())


def section(title: str, entries: Iterable[str]) -> str:
    """Write a section of a docstring, or nothing if it has no entries."""
    listed = list(entries)
    return "\n".join([f"{title}:", *listed]) if listed else ""


def names_in(*codes: str) -> set[str]:
    """Return the names that pieces of code use; a docstring uses none."""
    trees = [ast.parse(code) for code in codes]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def _escaped(text: str) -> str:
    """Escape what could end a docstring, or mean something inside one."""
    escaped = re.sub(r'"(?="|\Z)', '\\\\"', text.replace("\\", "\\\\"))
    return "".join(_printable(character) for character in escaped)


def _printable(character: str) -> str:
    if character == "\n" or character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")
