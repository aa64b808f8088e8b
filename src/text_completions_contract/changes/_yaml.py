"""YAML or JSON text to JSON values, in bounded time and memory."""

from __future__ import annotations

import json
import math
from collections.abc import Hashable, Iterable
from typing import Any, NoReturn

import yaml  # type: ignore[import-untyped, unused-ignore]  # no stubs of its own

from ._values import mapping, sequence

MAX_DEPTH = 200
MAX_VALUES = 2_000_000
"""So many values may stand in a document once its aliases are written out."""

_CONSTRUCTED = ("str", "int", "float", "bool", "null", "map", "seq", "merge")


def parse(text: str) -> Any:
    """The JSON value that a YAML or JSON text holds.

    Raises:
        ValueError: It holds none, or repeats a key, or is too deep or too large once
            its aliases are written out. The message is one line.
    """
    try:
        if text.lstrip().startswith(("{", "[")):
            return _parse_json(text)
        return _parse_yaml(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None


_TOO_DEEP = f"it is nested deeper than {MAX_DEPTH} levels; write it flatter"


def _parse_json(text: str) -> Any:
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_not_a_number,
            parse_float=_finite,
        )
    except json.JSONDecodeError:
        return _parse_yaml(text)  # YAML's flow style begins like JSON
    _check_depth(value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice in one object")
        found[key] = value
    return found


def _not_a_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON value")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is no number that a program can hold")
    return value


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for one in level for child in _children(one)]
        if not level:
            return
    raise ValueError(_TOO_DEEP)


def _children(value: Any) -> Iterable[Any]:
    return mapping(value).values() or sequence(value)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads what JSON can say: dates stay texts, keys stay as they are written."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        reader: Any = self
        reader.flatten_mapping(node)
        return {
            key.value: reader.construct_object(one, deep) for key, one in node.value
        }


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in found if not tag.endswith(":timestamp")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _parse_yaml(text: str) -> Any:
    loader: Any = None
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            return None
        _measure(root)
        return loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        raise ValueError(_told(error)) from error
    except yaml.YAMLError as error:
        raise ValueError("not YAML: " + " ".join(str(error).split())) from error
    finally:
        if loader is not None:
            loader.dispose()


def _told(error: Any) -> str:
    line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
    return f"{line}not YAML: {error.problem}"


def _measure(root: Any) -> None:
    """Refuse what grows when its aliases are written out, before it does."""
    sizes: dict[int, int] = {}
    _size(root, sizes, set(), 0)
    if sizes[id(root)] > MAX_VALUES:
        raise ValueError(
            f"its aliases stand for {sizes[id(root)]:.0e} values, more than "
            f"{MAX_VALUES}: a YAML bomb; write fewer aliases"
        )


def _size(node: Any, sizes: dict[int, int], above: set[int], depth: int) -> int:
    if id(node) in sizes:
        return sizes[id(node)]
    if id(node) in above:
        raise _fault(node, "an alias stands within what it stands for")
    if depth > MAX_DEPTH:
        raise _fault(node, _TOO_DEEP)
    _check_tag(node)
    above.add(id(node))
    total = 1 + sum(_size(one, sizes, above, depth + 1) for one in _below(node))
    above.discard(id(node))
    sizes[id(node)] = total
    return total


def _below(node: Any) -> list[Any]:
    if isinstance(node, yaml.MappingNode):
        _check_keys(node)
        return [one for pair in node.value for one in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _check_keys(node: Any) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _fault(key, "a key is no text")
        if key.value in seen:
            raise _fault(key, f"the key {key.value!r} stands twice in one object")
        seen.add(key.value)


def _check_tag(node: Any) -> None:
    if node.tag.rpartition(":")[2] not in _CONSTRUCTED:
        raise _fault(node, f"the tag {node.tag!r} stands for no JSON value")
    if node.tag.endswith(":float") and not _is_finite(node.value):
        raise _fault(node, f"{node.value} is no JSON value")


def _is_finite(text: str) -> bool:
    if text.lower().lstrip("+-") in (".inf", ".nan"):
        return False
    # What YAML counts in sixties has colons, and is finite.
    return ":" in text or math.isfinite(float(text.replace("_", "")))


def _fault(node: Any, reason: str) -> ValueError:
    return ValueError(f"line {node.start_mark.line + 1}: {reason}")
