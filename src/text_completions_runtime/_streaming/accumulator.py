"""Add up the events of a stream to the response that has no stream. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import methodcaller
from typing import Any, TypeAlias

from .._models import Model
from .._spec import Accumulation, AccumulationStep, FieldPath
from .._types import is_array, is_object

_Path: TypeAlias = tuple[str, ...]
_Apply: TypeAlias = Callable[[dict[str, Any]], object]

_MANY = 1_000  # pieces of a text; each takes 50 bytes beside it, so they are joined


class StreamAccumulator:
    """Add up the events of one response.

    Growing texts are kept apart until the result is asked for: adding to a str again
    and again takes time by the square of its length. A part of an event that does not
    fit the result changes nothing, for example a part of a kind that is newer than the
    document. Events are never changed.

    Args:
        final: How the events add up.
        cumulative: The text that repeats all the text before it, in this version of
            the wire format.

    Attributes:
        steps: What to call with the payload of an event, by the event's name. Functions
            made beforehand save 0.6 µs of 5 for an event.
    """

    def __init__(
        self, final: Accumulation, cumulative: FieldPath | None = None
    ) -> None:
        self._model = final.model
        self._cumulative = cumulative and (cumulative.event, cumulative.path)
        self._result: dict[str, Any] = {}
        self._texts: dict[_Path, tuple[list[str], list[str]]] = {}  # joined, and latest
        self.steps: dict[str, list[_Apply]] = {}
        # A text is added before the rest of its event replaces what it grows from.
        for step in sorted(final.steps, key=lambda one: one.how != "append"):
            self.steps.setdefault(step.event, []).append(self._function(step))

    def result(self) -> Model | None:
        """Return the response so far, or None if no event has added to it."""
        for path, (packs, pieces) in self._texts.items():
            self._put(path, joined_halves("".join([*packs, *pieces])))
        return self._model.from_dict(self._result) if self._result else None

    def _function(self, step: AccumulationStep) -> _Apply:
        if step.how == "append":
            return self._appending(step)
        if not step.source and not step.target:
            return self._result.update
        apply = self._put if step.how == "put" else self._merge

        def change(payload: dict[str, Any]) -> None:
            value = _read(payload, step.source)
            if value is not None:
                apply(_resolved(step.target, payload), value)

        return change

    def _appending(self, step: AccumulationStep) -> _Apply:
        read, target, texts = reader_of(step.source), step.target, self._texts
        is_named = any(name.startswith("{") for name in target)
        is_cumulative = self._cumulative == (step.event, step.source)

        def append(payload: dict[str, Any]) -> None:
            piece = read(payload)
            if not isinstance(piece, str):
                return
            path = _resolved(target, payload) if is_named else target
            text = texts.get(path)
            if text is None:
                before = _read(self._result, path)
                text = texts[path] = [before] if isinstance(before, str) else [], []
            packs, pieces = text
            if is_cumulative:
                packs.clear()
                pieces.clear()
            pieces.append(piece)
            if len(pieces) == _MANY:
                packs.append("".join(pieces))
                pieces.clear()

        return append

    def _put(self, path: _Path, value: Any) -> None:
        self._result.update(_with(self._result, path, value))

    def _merge(self, path: _Path, members: Any) -> None:
        """Replace members of an object; null replaces no value."""
        if not is_object(members):
            return
        there = _read(self._result, path)
        if there is None:
            self._put(path, members)
        elif is_object(there):
            added = {
                name: value
                for name, value in members.items()
                if value is not None or name not in there
            }
            self._put(path, {**there, **added})


def reader_of(path: _Path) -> Callable[[dict[str, Any]], Any]:
    """Return what reads a member of a payload: quick for the usual path of one name."""
    return methodcaller("get", *path) if len(path) == 1 else partial(_read, path=path)


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
