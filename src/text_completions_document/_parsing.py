"""Parse YAML and JSON texts into JSON values, in bounded time and memory.

YAML is read by the core schema of YAML 1.2, as OpenAPI 3.1 recommends. `NO`, `on`,
`12:30` and `2023-06-01` are text, `010` is ten and `0o10` is eight. A key is text as
it is written, so `200:` is the key "200". A merge key `<<` is honoured. Whatever JSON
cannot express is refused: other tags, NaN, repeated keys, half a surrogate pair.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import yaml

from ._errors import ParseError
from ._values import is_list, is_object

MAX_DEPTH = 100
"""The deepest nesting of a document."""
MAX_PARTS = 1_000_000
"""The most values in a document, counted with every alias written out."""
MAX_TEXT = 32_000_000
"""The most characters in a document, counted with every alias written out."""

# The parser in C is ten times faster, but PyYAML is also built without it.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_PREFIXED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_YAML_TEXT = "\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"
# The parser takes U+0085, U+2028 and U+2029 for line breaks, as YAML 1.1 did.
_NOT_YAML = re.compile(f"[^{_YAML_TEXT}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TOO_MANY = f"there are more than {MAX_PARTS} values, repeated aliases included"
_TOO_DEEP = f"is nested deeper than {MAX_DEPTH} levels: write it flatter"


def parse(text: str) -> Any:
    """Parse a text that is JSON or YAML, whichever it is.

    Raises:
        ParseError: It is neither, or is ambiguous or too large. One line.
    """
    if text.lstrip().startswith(("{", "[")):
        try:
            return parse_json(text)
        except ParseError as error:
            # YAML's flow style begins like JSON, but may leave out quotes.
            if not isinstance(error.__cause__, json.JSONDecodeError):
                raise
    return parse_yaml(text)


def parse_json(text: str) -> Any:
    """Parse a JSON text.

    Raises:
        ParseError: It is not JSON, repeats a key, or is too large.
    """
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_integer,
        )
        _check_limits(value)
    except json.JSONDecodeError as error:
        reason = f"is not JSON: {error.msg}"
        raise ParseError(reason, error.lineno, error.colno) from error
    except RecursionError:
        raise ParseError(_TOO_DEEP) from None
    except ParseError as error:
        raise _with_line(text, error) from None
    return value


def parse_yaml(text: str) -> Any:
    """Parse a YAML text by the core schema of YAML 1.2.

    Raises:
        ParseError: It is not YAML, repeats a key, or is too large.
    """
    bad = _NOT_YAML.search(text)
    if bad:
        before = text[: bad.start()]
        reason = f"is not YAML: the character {bad[0]!r} must be escaped"
        column = len(before) - before.rfind("\n")
        raise ParseError(reason, before.count("\n") + 1, column)
    try:
        value = _Builder(yaml.parse(text, Loader=_LOADER)).document()
    except yaml.MarkedYAMLError as error:
        mark, reason = error.problem_mark, error.problem or "unreadable"
        if mark and _character(text, mark) == "\t":
            reason = f"{reason}: indent with spaces, not with tabs"
        raise _error(mark, f"is not YAML: {reason}") from error
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise ParseError(f"is not YAML: {reason}") from error
    _check_limits(value)
    return value


def compose(text: str) -> Any:
    """Return the YAML nodes of a text that was parsed before; None if it has none."""
    # JSON may contain characters that YAML takes only as escapes.
    text = _NOT_YAML.sub(lambda bad: f"\\u{ord(bad[0]):04x}", text)
    try:
        return yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError:  # JSON that is not YAML, indented by tabs for instance
        return None


def line_of(node: Any, parts: list[str]) -> int:
    """Return the line of what these keys lead to, or of its nearest parent."""
    line: int = node.start_mark.line + 1
    for part in parts:
        if isinstance(node, yaml.MappingNode):
            pairs = [(key, one) for key, one in node.value if key.value == part]
        elif isinstance(node, yaml.SequenceNode) and part.isdecimal():
            pairs = [(one, one) for one in node.value[int(part) : int(part) + 1]]
        else:
            pairs = []
        if not pairs:
            break
        key, node = pairs[0]
        line = key.start_mark.line + 1
    return line


class _Builder:
    """Builds values from the parser's events. What aliases repeat is not copied."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._anchors: dict[str, Any] = {}
        self._merged = 0

    def document(self) -> Any:
        next(self._events)  # the start of the stream
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return None
        value = self._value(next(self._events), 0)
        next(self._events)  # the end of the document
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            reason = "a second YAML document begins here: keep one per file"
            raise _error(after.start_mark, reason)
        return value

    def _value(self, event: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise _error(event.start_mark, _TOO_DEEP)
        name = event.anchor
        if isinstance(event, yaml.AliasEvent):
            if name not in self._anchors:
                reason = f"the alias *{name} has no anchor &{name} that ends before it"
                raise _error(event.start_mark, reason)
            return self._anchors[name]
        self._anchors.pop(name, None)
        value = self._content(event, depth)
        if name is not None:
            self._anchors[name] = value
        return value

    def _content(self, event: Any, depth: int) -> Any:
        if event.tag is not None:
            reason = f"the tag {event.tag!r} is not supported: write a JSON value"
            raise _error(event.start_mark, reason)
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(depth + 1)
        items: list[Any] = []
        while not isinstance(item := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(item, depth + 1))
        return items

    def _mapping(self, depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        merged: list[Any] = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = _key(event)
            if key in members:
                reason = f"the key {key!r} appears twice in one object: keep one"
                raise _error(event.start_mark, reason)
            value = self._value(next(self._events), depth)
            if key == "<<" and event.implicit[0]:
                merged += self._sources(value, event)
            else:
                members[key] = value
        for source in merged:
            for key, value in source.items():
                members.setdefault(key, value)
        return members

    def _sources(self, value: Any, event: Any) -> list[Any]:
        """Return the objects that a merge key names, the weakest last."""
        sources: list[Any] = value if is_list(value) else [value]
        if not all(is_object(one) for one in sources):
            reason = "`<<` must merge an object or a list of objects"
            raise _error(event.start_mark, reason)
        self._merged += sum(map(len, sources))
        if self._merged > MAX_PARTS:
            raise _error(event.start_mark, _TOO_MANY)
        return sources


def _key(event: Any) -> str:
    if not isinstance(event, yaml.ScalarEvent) or event.anchor is not None:
        reason = "a key must be text, without an anchor or alias"
        raise _error(event.start_mark, reason)
    return str(event.value)


def _scalar(event: Any) -> Any:
    text: str = event.value
    if event.implicit[0]:
        if text in _WORDS:
            return _WORDS[text]
        if text[0] in "+-.0123456789":
            try:
                return _number(text)
            except ParseError as error:
                raise _error(event.start_mark, error.reason) from None
    return text


def _number(text: str) -> str | float:
    """Return the number that a plain scalar stands for, or the text if it is none."""
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _PREFIXED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return _finite(text)
    if _NOT_FINITE.fullmatch(text):
        _refuse_constant(text)
    return text


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:  # Python's own limit on the digits of a number
        reason = f"a number of {len(text)} digits is too long: shorten it"
        raise ParseError(reason) from None


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ParseError(f"{text[:80]} is too large for a number: shorten it")
    return value


def _refuse_constant(text: str) -> NoReturn:
    raise ParseError(f"{text} is not a JSON value: write a number, a text or null")


def _with_line(text: str, error: ParseError) -> ParseError:
    """Return an error of the JSON reader, with the line that the YAML reader finds."""
    try:
        parse_yaml(text)
    except ParseError as other:
        if other.reason == error.reason:
            return other
    return error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        keys = [key for key, _ in pairs]
        key = next(key for key in keys if keys.count(key) > 1)
        raise ParseError(f"the key {key!r} appears twice in one object: keep one")
    return members


def _check_limits(root: Any) -> None:
    """Refuse what is too deep or too large, or contains half a character."""
    parts, text, depth, level = 1, 0, 0, [root]
    while level:
        objects = [one for one in level if is_object(one)]
        lists = [one for one in level if is_list(one)]
        texts = [one for one in level if isinstance(one, str)]
        parts += sum(map(len, (*objects, *lists)))
        if parts > MAX_PARTS:
            raise ParseError(_TOO_MANY)
        texts += [key for one in objects for key in one]
        text += sum(map(len, texts))
        if text > MAX_TEXT:
            reason = f"there is more text than {MAX_TEXT} characters, aliases included"
            raise ParseError(reason)
        if any(not one.isascii() and _SURROGATE.search(one) for one in texts):
            reason = "half of a surrogate pair is not text: write the whole character"
            raise ParseError(reason)
        if depth > MAX_DEPTH:
            raise ParseError(_TOO_DEEP)
        level = [child for one in lists for child in one]
        level += [child for one in objects for child in one.values()]
        depth += 1


def _error(mark: Any, reason: str) -> ParseError:
    if mark is None:
        return ParseError(reason)
    return ParseError(reason, mark.line + 1, mark.column + 1)


def _character(text: str, mark: Any) -> str:
    lines: list[str] = text.splitlines()[mark.line : mark.line + 1]
    return lines[0][mark.column : mark.column + 1] if lines else ""
