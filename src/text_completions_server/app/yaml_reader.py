"""YAML as it is read here: what is ambiguous, or has no end, is refused."""

from __future__ import annotations

import datetime
import math
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Final, cast

import yaml

# PyYAML has the fast one only where it was built with libyaml.
if TYPE_CHECKING:
    _Base = yaml.SafeLoader
else:
    _Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_PARTS: Final = 200_000
MAX_TEXT: Final = 20_000_000
MAX_DEPTH: Final = 100
_SHOWN: Final = 80  # characters of a place that an error shows


class _Loader(_Base):
    """Refuses a key that stands twice in a mapping: one of the two would be lost."""

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE:
                if key.value in seen:
                    told = f"the key {key.value!r} stands there twice: keep one of them"
                    raise yaml.MarkedYAMLError(
                        problem=told, problem_mark=key.start_mark
                    )
                seen.add(key.value)
        return super().construct_mapping(node, deep)


_MERGE: Final = "tag:yaml.org,2002:merge"


def parse_yaml(text: str) -> object:
    """The value that a YAML text holds.

    Raises:
        ValueError: It is no YAML; the message is one line.
    """
    try:
        value: object = yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise ValueError(f"{line}{_told(error, text)}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"not YAML: {reason}") from error
    return value


def _told(error: yaml.MarkedYAMLError, text: str) -> str:
    mark, problem = error.problem_mark, error.problem or "not YAML"
    lines = text.splitlines()
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    is_tab = mark is not None and line[mark.column : mark.column + 1] == "\t"
    return f"{problem}: indent with spaces, not with tabs" if is_tab else problem


def check_plain(root: object) -> None:
    """See that a value is JSON, and small enough to be walked along: aliases repeat.

    Raises:
        ValueError: It is not; the message is one line and has the place.
    """
    parts, text = 0, 0
    waiting: list[tuple[object, str, int]] = [(root, "#", 0)]
    while waiting:
        value, place, depth = waiting.pop()
        parts += 1
        if parts > MAX_PARTS:
            raise ValueError(f"{place}: there are more than {MAX_PARTS} parts")
        if depth > MAX_DEPTH:
            start = f"{place[:_SHOWN]}…" if len(place) > _SHOWN else place
            raise ValueError(f"{start}: is nested more than {MAX_DEPTH} deep")
        if isinstance(value, str):
            text += len(value)
            if text > MAX_TEXT:
                raise ValueError(f"{place}: there is more text than {MAX_TEXT}")
        else:
            waiting += _members(value, place, depth + 1)


def _members(value: object, place: str, depth: int) -> list[tuple[object, str, int]]:
    if isinstance(value, dict):
        pairs = cast("dict[object, object]", value)
        return [(one, _below(place, key), depth) for key, one in pairs.items()]
    if isinstance(value, list):
        items = cast("list[object]", value)
        return [(one, f"{place}/{at}", depth) for at, one in enumerate(items)]
    _check_scalar(value, place)
    return []


def _below(place: str, key: object) -> str:
    if not isinstance(key, str):
        raise ValueError(f"{place}: the key {key!r} is no text: quote it")
    return f"{place}/{key.replace('~', '~0').replace('/', '~1')}"


def _check_scalar(value: object, place: str) -> None:
    if isinstance(value, datetime.date):
        raise ValueError(f"{place}: {value} is read as a date: put it in quotes")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{place}: {value} is no number in JSON")
    if value is not None and not isinstance(value, (int, float)):
        raise ValueError(f"{place}: is tagged as something that JSON does not have")
