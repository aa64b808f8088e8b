"""Scripted replies: which prompt gets which text, in what order, with what delays."""

from __future__ import annotations

import asyncio
import inspect
import os
import re
import threading
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Sequence,
)
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias, get_args

from text_completions_document import mapping, parse_yaml, sequence

from ..backends.base import Backend, Caller, Finish, Piece, StopReason
from ..backends.mock import Request, cut_text, split_text
from ..backends.prompts import sanitise
from ..checks import check_choice, check_number
from ..document.validation import Validator
from ..errors import RepliesError
from .admin_document import admin_document

_SURROGATE = re.compile("[\ud800-\udfff]")


def _check(name: str, value: object, types: Any, form: str) -> None:
    if not isinstance(value, types):
        raise TypeError(f"{name} must be {form}, not {value!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One scripted reply, sent word for word.

    Attributes:
        text: The text as it is on the wire; the service begins most with a space.
        stop_reason: How it ends; the text is then sent whole. None cuts it at the
            token limit and the stop sequences of the request, as any text.
        stop: The sequence that goes with `stop_sequence`. None takes the first one
            of the request.
        delay: Seconds before the response begins.
        pause: Seconds between two tokens.

    Raises:
        TypeError: A value has the wrong type.
        ValueError: A number is negative, or the stop reason is unknown or has no stop.
    """

    text: str
    stop_reason: StopReason | None = None
    stop: str | None = None
    delay: float = 0
    pause: float = 0

    def __post_init__(self) -> None:
        _check("text", self.text, str, 'a string, such as " Yes."')
        if _SURROGATE.search(self.text):
            raise ValueError(f"text has half of a character: {self.text!r}")
        _check("stop", self.stop, (str, type(None)), "a string or None")
        if self.stop_reason is not None:
            check_choice("stop_reason", self.stop_reason, get_args(StopReason))
        if self.stop is not None and self.stop_reason != "stop_sequence":
            raise ValueError('stop needs stop_reason="stop_sequence"')
        check_number("delay", self.delay, unit="seconds")
        check_number("pause", self.pause, unit="seconds")


ReplyFunction: TypeAlias = Callable[[Request], "str | Reply | Awaitable[str | Reply]"]
"""Computes a reply from the request; it may be a coroutine function."""


@dataclass(slots=True, kw_only=True)
class ReplyRule:
    """Which prompts get which replies, as often as it may apply.

    Raises:
        TypeError: A value has the wrong type.
        ValueError: There is no reply, or the values exclude each other.
    """

    replies: tuple[Reply | ReplyFunction, ...]  # the last of them repeats
    form: Reply = Reply(text="")  # for a function that returns only a text
    prompt: str | None = None  # the whole prompt
    pattern: re.Pattern[str] | None = None
    times: int | None = None
    used: int = 0

    def __post_init__(self) -> None:
        if not self.replies:
            raise ValueError('at least one reply is needed, such as reply(" Yes.")')
        for reply in self.replies:
            if not callable(reply):
                form = 'a string, a Reply or a function, such as reply(" Yes.")'
                _check("a reply", reply, Reply, form)
        _check("prompt", self.prompt, (str, type(None)), "a string")
        if self.prompt is not None and self.pattern is not None:
            raise ValueError("give a prompt or a pattern, not both")
        if self.times is not None:
            check_number("times", self.times, 1, whole=True)

    @property
    def precision(self) -> int:
        """Its rank: a whole prompt before a pattern, a pattern before any prompt."""
        return 2 if self.prompt is not None else int(self.pattern is not None)

    def applies_to(self, prompt: str) -> bool:
        """Tell whether it applies to a sanitised prompt."""
        if self.used == self.times:
            return False
        if self.prompt is not None:
            return prompt in (self.prompt, sanitise(self.prompt))
        return self.pattern is None or self.pattern.search(prompt) is not None

    def next_reply(self) -> Reply | ReplyFunction:
        """Return the reply to the next request, which counts."""
        self.used += 1
        return self.replies[min(self.used, len(self.replies)) - 1]

    async def compute(self, function: ReplyFunction, request: Request) -> Reply:
        """Call a function that computes a reply.

        Raises:
            TypeError: It returns neither a text nor a `Reply`.
        """
        result = function(request)
        if inspect.isawaitable(result):
            result = await result
        if isinstance(result, Reply):
            return result
        name = f"what {_name(function)} returns"
        _check(name, result, str, "a string or a Reply")
        return replace(self.form, text=result)


class ReplyRules:
    """All rules in force; any thread may add one.

    The most precise rule applies, and of equals the one that was added last.

    Args:
        lasting: The rules that a reset keeps and begins anew.
    """

    def __init__(self, lasting: Iterable[ReplyRule] = ()) -> None:
        self._lock = threading.Lock()
        self._lasting = tuple(lasting)
        self.reset()

    def reset(self) -> None:
        """Return to the state of the start."""
        with self._lock:
            self._rules = [replace(rule) for rule in self._lasting]

    def clear(self) -> None:
        """Remove every rule, until the next reset."""
        with self._lock:
            self._rules = []

    def add(self, rule: ReplyRule) -> None:
        """Add a rule; it comes before the equally precise ones added earlier."""
        with self._lock:
            self._rules.append(rule)

    def listed(self) -> Sequence[ReplyRule]:
        """Return the rules in force."""
        with self._lock:
            return list(self._rules)

    def take(self, prompt: str) -> tuple[ReplyRule, Reply | ReplyFunction] | None:
        """Return the next reply to a prompt, and its rule; None where none applies."""
        if not self._rules:
            return None
        with self._lock:
            # max() takes the first of equals: look from the last one.
            latest_first = reversed(self._rules)
            matching = [rule for rule in latest_first if rule.applies_to(prompt)]
            if not matching:
                return None
            best = max(matching, key=lambda rule: rule.precision)
            return best, best.next_reply()


class ScriptedBackend(Backend):
    """Sends scripted replies; another backend answers where no rule applies."""

    def __init__(self, rules: ReplyRules, otherwise: Backend) -> None:
        self._rules = rules
        self._otherwise = otherwise

    def generate(self, request: Request, caller: Caller, /) -> AsyncIterator[Piece]:
        """Yield the tokens of the reply, and then the finish."""
        taken = self._rules.take(request.prompt)
        if taken is None:
            return self._otherwise.generate(request, caller)
        return _generate(*taken, request)


async def _generate(
    rule: ReplyRule, reply: Reply | ReplyFunction, request: Request
) -> AsyncIterator[Piece]:
    if not isinstance(reply, Reply):
        reply = await rule.compute(reply, request)
    if reply.delay:
        await asyncio.sleep(reply.delay)
    pieces, finish = _pieces(reply, request)
    for piece in pieces:
        yield piece
        if reply.pause:
            await asyncio.sleep(reply.pause)
    yield finish


def _pieces(reply: Reply, request: Request) -> tuple[Sequence[str], Finish]:
    if reply.stop_reason is None:
        return cut_text(reply.text, request)
    stop = None
    reason: str = reply.stop_reason
    if reason == "stop_sequence":
        stop = reply.stop or next(iter(request.stop_sequences), None)
        reason = reason if stop else "end_turn"
    return split_text(reply.text, reason, stop)


# Rules as data, in a file or in a request to the admin endpoint.


def read_replies(file: str | os.PathLike[str]) -> tuple[ReplyRule, ...]:
    """Read a YAML file with a list of rules.

    Raises:
        RepliesError: The file is missing or invalid.
    """
    path = Path(file)
    schema = admin_document().validator("#/components/schemas/ReplyFile")
    try:
        value = parse_yaml(path.read_text("utf-8"))
        violation = Validator(schema).violation(value)
        if violation is not None:
            raise RepliesError(f"{path}: {violation}")
        return tuple(_rules(sequence(value)))
    except OSError as error:
        raise RepliesError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise RepliesError(f"{path}: {error}") from error


def _rules(values: list[Any]) -> Iterator[ReplyRule]:
    for index, value in enumerate(values):
        try:
            yield rule_from_data(value)
        except ValueError as error:
            raise ValueError(f"{index}: {error}") from error


def rule_from_data(value: object) -> ReplyRule:
    """Make the rule that a value of the schema `ReplyScript` describes.

    Raises:
        ValueError: Its pattern is invalid, or it has a prompt as well.
    """
    node = mapping(value)
    times = node.get("times")
    return ReplyRule(
        replies=tuple(
            Reply(text=each) if isinstance(each, str) else Reply(**mapping(each))
            for each in sequence(node.get("replies"))
        ),
        prompt=node.get("prompt"),
        pattern=compile_pattern(node.get("pattern")),
        times=None if times is None else int(times),
    )


def rule_to_data(rule: ReplyRule) -> dict[str, Any]:
    """Return a rule as the admin endpoint shows it."""
    return {
        "prompt": rule.prompt,
        "pattern": rule.pattern.pattern if rule.pattern else None,
        "times": rule.times,
        "replies": [
            asdict(
                each
                if isinstance(each, Reply)
                else replace(rule.form, text=f"<what {_name(each)} returns>")
            )
            for each in rule.replies
        ],
        "used": rule.used,
    }


def _name(function: ReplyFunction) -> str:
    return getattr(function, "__qualname__", None) or repr(function)


def compile_pattern(pattern: str | re.Pattern[str] | None) -> re.Pattern[str] | None:
    """Compile a pattern.

    Raises:
        ValueError: It is not a regular expression.
        TypeError: It is not one for text.
    """
    if pattern is None:
        return None
    text = getattr(pattern, "pattern", pattern)
    _check("pattern", text, str, "a regular expression, such as 'Hel+o'")
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        reason = f"{pattern!r} is not a regular expression: {error}"
        raise ValueError(reason) from error
