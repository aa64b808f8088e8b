"""From the events of a stream to the whole answer that they add up to. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import partial
from operator import methodcaller
from typing import Any, TypeAlias

from .._models import Model
from .._spec import Accumulation, AccumulationStep, Member, StreamSpec, VersionRule
from .._types import is_array, is_object

__all__ = ["StreamAccumulator"]

_Step: TypeAlias = Callable[[dict[str, Any]], object]
_Path: TypeAlias = tuple[str, ...]
_MANY = 1_000  # pieces of a text; a piece takes some 50 bytes beside its characters


class StreamAccumulator:
    """Adds up the events of one answer.

    Text is kept apart until the end, for adding to a text again and again would take
    time by the square of its length. A part of an event that does not fit what is
    there (of a kind from a later day, say) changes nothing.

    Args:
        spec: What the stream is made of; it says how events add up.
        rule: How the version of this answer writes it.

    Attributes:
        steps: What is done with the payload of an event, by the event's name.
    """

    def __init__(
        self, spec: StreamSpec[Any], rule: VersionRule, final: Accumulation
    ) -> None:
        self._final = final
        self._spec = spec
        self._cumulative = rule.cumulative
        self._whole: dict[str, Any] = {}
        self._texts: dict[_Path, _Text] = {}
        self.steps: dict[str, list[_Step]] = {}
        # Changes below the members of the answer must not reach into an event.
        self._shallow = all(len(part.target) < 2 for part in final.parts)
        # A text is added to what was there before the rest of its event.
        for part in sorted(final.parts, key=lambda one: one.how != "append"):
            self.steps.setdefault(part.event, []).append(self._step(part))

    def answer(self) -> Model | None:
        """Return what has arrived so far, or None where nothing has."""
        if not self._whole and not self._texts:
            return None
        for path, text in self._texts.items():
            _put(self._whole, path, text.whole())
        return self._final.model.from_dict(self._whole)

    def _step(self, part: AccumulationStep) -> _Step:
        if part.how == "append":
            return self._appending(part)
        if part.how == "merge" and not (part.source or part.target):
            return self._whole.update if self._shallow else self._update

        def change(payload: dict[str, Any]) -> None:
            found = _read(payload, part.source)
            target = _resolved(part.target, payload)
            if part.how == "put" and found is not None:
                _put(self._whole, target, deepcopy(found))
            elif is_object(found):
                _merge(self._whole, target, deepcopy(found))

        return change

    def _update(self, payload: dict[str, Any]) -> None:
        self._whole.update(deepcopy(payload))

    def _appending(self, part: AccumulationStep) -> _Step:
        told = self._spec.text
        is_text = told is not None and (told.event, told.path) == (
            part.event,
            part.source,
        )
        cumulative = self._cumulative and is_text
        read = _reader(part.source)
        moving = any(isinstance(step, Member) for step in part.target)
        text: _Text | None = None

        def append(payload: dict[str, Any]) -> None:
            nonlocal text
            found = read(payload)
            if found.__class__ is not str:
                return
            if text is None or moving:
                text = self._text(_resolved(part.target, payload))
            if cumulative:
                text.forget()
            text.append(found)
            if len(text) == _MANY:
                text.pack()

        return append

    def _text(self, path: _Path) -> _Text:
        """Return the text at a path; it begins with what is there."""
        if path not in self._texts:
            before = _read(self._whole, path)
            self._texts[path] = _Text([before] if isinstance(before, str) else [])
        return self._texts[path]


class _Text(list[str]):
    """The latest pieces of a text. Those before are packed, which takes less room."""

    def __init__(self, pieces: list[str]) -> None:
        super().__init__(pieces)
        self._packed: list[str] = []

    def pack(self) -> None:
        """Make one piece of the latest ones."""
        self._packed.append("".join(self))
        self.clear()

    def forget(self) -> None:
        """Begin anew."""
        self._packed.clear()
        self.clear()

    def whole(self) -> str:
        """Return the text."""
        return "".join([*self._packed, *self])


def _reader(path: _Path) -> Callable[[dict[str, Any]], Any]:
    """Return what reads a part of an event: quick for the usual path of one step."""
    return methodcaller("get", *path) if len(path) == 1 else partial(_read, path=path)


def _resolved(target: tuple[str | Member, ...], payload: Mapping[str, Any]) -> _Path:
    """Fill in the steps that the event itself names."""
    return tuple(
        str(payload.get(step.name)) if isinstance(step, Member) else step
        for step in target
    )


def _read(value: Any, path: _Path) -> Any:
    for step in path:
        value = _below(value, step)
    return value


def _below(value: Any, step: str) -> Any:
    if is_object(value):
        return value.get(step)
    if is_array(value):
        return value[int(step)] if _is_index(step) and int(step) < len(value) else None
    return None


def _is_index(step: str) -> bool:
    return step.isascii() and step.isdigit()


def _merge(whole: dict[str, Any], path: _Path, found: dict[str, Any]) -> None:
    """Let members replace those there; null replaces no value."""
    there = _read(whole, path)
    if there is None:
        _put(whole, path, found)
    elif is_object(there):
        for name, value in found.items():
            if value is not None or name not in there:
                there[name] = value


def _put(whole: dict[str, Any], path: _Path, value: Any) -> None:
    """Put a value in its place; in a list, at the end where the place is beyond it."""
    holder, last = _read(whole, path[:-1]), path[-1]
    if is_object(holder):
        holder[last] = value
    elif is_array(holder) and _is_index(last):
        if int(last) < len(holder):
            holder[int(last)] = value
        else:
            holder.append(value)
