"""Add up the events of a stream to the answer of a call without a stream. Pure."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from .._models import Model
from .._spec import Accumulation, AccumulationStep, FieldPath
from .._types import is_array, is_object

__all__ = ["StreamAccumulator", "joined_halves", "without_half"]

_Path: TypeAlias = tuple[str, ...]


class StreamAccumulator:
    """Add up the events of one response.

    Growing texts are kept apart until the answer is asked for: adding to a str again
    and again takes time by the square of its length. A part of an event that does not
    fit the answer changes nothing, for example a part of a kind that is newer than the
    document. Events are never changed.

    Args:
        final: How the events add up.
        cumulative: The text that repeats all the text before it, in this version of
            the wire format.
    """

    def __init__(
        self, final: Accumulation, cumulative: FieldPath | None = None
    ) -> None:
        self._model = final.model
        self._cumulative = cumulative and (cumulative.event, cumulative.path)
        self._answer: Any = {}
        self._texts: dict[_Path, io.StringIO] = {}
        self._steps: dict[str, list[tuple[AccumulationStep, bool]]] = {}
        # A text is added before the rest of its event replaces what it grows from.
        for step in sorted(final.steps, key=lambda one: one.how != "append"):
            is_named = any(name.startswith("{") for name in step.target)
            self._steps.setdefault(step.event, []).append((step, is_named))

    def add(self, event: str, payload: Mapping[str, Any]) -> None:
        """Add an event."""
        for step, is_named in self._steps.get(event, ()):
            value = _read(payload, step.source)
            target = _resolved(step.target, payload) if is_named else step.target
            if step.how == "append":
                if isinstance(value, str):
                    self._append(step, target, value)
            elif step.how == "put":
                if value is not None:
                    self._put(target, value)
            elif value is payload and not target:
                self._answer.update(payload)
            elif is_object(value):
                self._merge(target, value)

    def answer(self) -> Model | None:
        """Return the answer so far, or None if no event has added to it."""
        for path, text in self._texts.items():
            self._put(path, joined_halves(text.getvalue()))
        return self._model.from_dict(self._answer) if self._answer else None

    def _append(self, step: AccumulationStep, path: _Path, piece: str) -> None:
        text = self._texts.get(path)
        if self._cumulative == (step.event, step.source):
            text = self._texts[path] = io.StringIO()
        elif text is None:
            text = self._texts[path] = io.StringIO()
            before = _read(self._answer, path)
            text.write(before if isinstance(before, str) else "")
        text.write(piece)

    def _put(self, path: _Path, value: Any) -> None:
        self._answer = _with(self._answer, path, value)

    def _merge(self, path: _Path, members: dict[str, Any]) -> None:
        """Replace members of an object; null replaces no value."""
        there = _read(self._answer, path)
        if there is None:
            self._put(path, members)
        elif is_object(there):
            added = {
                name: value
                for name, value in members.items()
                if value is not None or name not in there
            }
            self._put(path, {**there, **added})


def _resolved(target: _Path, payload: Mapping[str, Any]) -> _Path:
    """Replace each step `{name}` by that member of the payload."""
    return tuple(
        str(payload.get(step[1:-1])) if step[:1] == "{" else step for step in target
    )


def _is_index(step: str) -> bool:
    return step.isascii() and step.isdigit()


def _read(value: Any, path: Sequence[str]) -> Any:
    """Return the value at a path, or None if there is none."""
    for step in path:
        if is_object(value):
            value = value.get(step)
        elif is_array(value) and _is_index(step) and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _with(whole: Any, path: Sequence[str], value: Any) -> Any:
    """Return a copy with a value at a path. Where the path ends early, nothing changes.

    An index beyond the end of a list adds to the list.
    """
    if not path:
        return value
    step, rest = path[0], path[1:]
    if is_object(whole) and (not rest or step in whole):
        return {**whole, step: _with(whole.get(step), rest, value)}
    if is_array(whole) and _is_index(step):
        at = int(step)
        if at < len(whole):
            return [*whole[:at], _with(whole[at], rest, value), *whole[at + 1 :]]
        return whole if rest else [*whole, value]
    return whole


def without_half(text: str) -> str:
    """Leave out the first half of a character (a high surrogate) at the end."""
    return text[:-1] if "\ud800" <= text[-1:] <= "\udbff" else text


def joined_halves(text: str) -> str:
    """Make one character of its two halves: a surrogate pair of JSON escapes."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
