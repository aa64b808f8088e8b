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
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias, get_args

import jsonschema_rs

from text_completions_document import mapping, parse_yaml, sequence

from ..api.prompts import sanitise
from ..app.errors import RepliesError
from ..app.validation import Validator
from ..backends.base import Backend, Caller, Finish, Piece, StopReason
from ..backends.mock import Request, cut_text, split_text
from .admin_document import admin_schema


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
        ValueError: A number is negative, or the stop reason is unknown.
    """

    text: str
    stop_reason: StopReason | None = None
    stop: str | None = None
    delay: float = 0
    pause: float = 0

    def __post_init__(self) -> None:
        _check("text", self.text, str, 'a string, such as " Yes."')
        _check("stop", self.stop, (str, type(None)), "a string or None")
        known = get_args(StopReason)
        if self.stop_reason is not None and self.stop_reason not in known:
            names = ", ".join(known)
            raise ValueError(f"stop_reason must be {names}, not {self.stop_reason!r}")
        for name in ("delay", "pause"):
            value = getattr(self, name)
            _check(name, value, (int, float), f"a number, such as {name}=0.5")
            if value < 0:
                raise ValueError(f"{name} must be at least 0 seconds, not {value}")


ReplyFunction: TypeAlias = Callable[[Request], "str | Reply | Awaitable[str | Reply]"]
"""Computes a reply from the request; it may be a coroutine function."""


@dataclass(frozen=True, slots=True)
class ComputedReply:
    """A reply that a function computes for each request.

    Attributes:
        function: The function.
        form: What else a reply has if the function returns only its text.
    """

    function: ReplyFunction
    form: Reply

    async def reply_to(self, request: Request) -> Reply:
        """Call the function.

        Raises:
            TypeError: It returns neither a text nor a `Reply`.
        """
        result = self.function(request)
        if inspect.isawaitable(result):
            result = await result
        if isinstance(result, Reply):
            return result
        _check(f"what {self.name} returns", result, str, "a string or a Reply")
        return replace(self.form, text=result)

    @property
    def name(self) -> str:
        """The name of the function, for people."""
        return getattr(self.function, "__qualname__", None) or repr(self.function)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRule:
    """Which prompts get which replies.

    Attributes:
        replies: One after another; the last of them repeats.
        prompt: The whole prompt that it applies to; None looks at the pattern.
        pattern: A pattern to search for in the prompt; None applies to any prompt.
        times: How many requests it applies to; None for all.

    Raises:
        TypeError: A value has the wrong type.
        ValueError: There is no reply, or the values exclude each other.
    """

    replies: tuple[Reply | ComputedReply, ...]
    prompt: str | None = None
    pattern: re.Pattern[str] | None = None
    times: int | None = None

    def __post_init__(self) -> None:
        if not self.replies:
            raise ValueError('at least one reply is needed, such as reply(" Yes.")')
        for reply in self.replies:
            form = 'a string, a Reply or a function, such as reply(" Yes.")'
            _check("a reply", reply, (Reply, ComputedReply), form)
        _check("prompt", self.prompt, (str, type(None)), "a string")
        if self.prompt is not None and self.pattern is not None:
            raise ValueError("give a prompt or a pattern, not both")
        _check("times", self.times, (int, type(None)), "an integer, such as times=2")
        if self.times is not None and self.times < 1:
            raise ValueError(f"times must be at least 1, not {self.times}")

    @property
    def precision(self) -> int:
        """Its rank: a whole prompt before a pattern, a pattern before any prompt."""
        return 2 if self.prompt is not None else int(self.pattern is not None)

    def applies_to(self, prompt: str) -> bool:
        """Tell whether it applies to a sanitised prompt."""
        if self.prompt is not None:
            return prompt in (self.prompt, sanitise(self.prompt))
        return self.pattern is None or self.pattern.search(prompt) is not None


@dataclass(slots=True)
class _RunningRule:
    rule: ReplyRule
    used: int = 0


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
            self._running = [_RunningRule(rule) for rule in self._lasting]

    def clear(self) -> None:
        """Remove every rule, until the next reset."""
        with self._lock:
            self._running = []

    def add(self, rule: ReplyRule) -> None:
        """Add a rule; it comes before the equally precise ones added earlier."""
        with self._lock:
            self._running.append(_RunningRule(rule))

    def listed(self) -> Sequence[tuple[ReplyRule, int]]:
        """Return each rule with how many requests it has applied to."""
        with self._lock:
            return [(each.rule, each.used) for each in self._running]

    def take(self, prompt: str) -> Reply | ComputedReply | None:
        """Return the next reply to a prompt; None where no rule applies."""
        if not self._running:
            return None
        with self._lock:
            matching = [
                each
                for each in self._running
                if each.used != each.rule.times and each.rule.applies_to(prompt)
            ]
            if not matching:
                return None
            # max() takes the first of equals: look from the last one.
            best = max(reversed(matching), key=lambda each: each.rule.precision)
            replies = best.rule.replies
            best.used += 1
            return replies[min(best.used, len(replies)) - 1]


class ScriptedBackend(Backend):
    """Sends scripted replies; another backend answers where no rule applies.

    Args:
        rules: The rules.
        otherwise: The other backend.
    """

    def __init__(self, rules: ReplyRules, otherwise: Backend) -> None:
        self._rules = rules
        self._otherwise = otherwise

    def generate(self, request: Request, caller: Caller, /) -> AsyncIterator[Piece]:
        """Yield the tokens of the reply, and then the finish."""
        reply = self._rules.take(request.prompt)
        if reply is None:
            return self._otherwise.generate(request, caller)
        return _generate(reply, request)


async def _generate(
    reply: Reply | ComputedReply, request: Request
) -> AsyncIterator[Piece]:
    if isinstance(reply, ComputedReply):
        reply = await reply.reply_to(request)
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
    try:
        value = parse_yaml(path.read_text("utf-8"))
        violation = _file_validator().violation(value)
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


def rule_to_data(rule: ReplyRule, used: int) -> dict[str, Any]:
    """Return a rule as the admin endpoint shows it."""
    return {
        "prompt": rule.prompt,
        "pattern": rule.pattern.pattern if rule.pattern else None,
        "times": rule.times,
        "replies": [
            asdict(each if isinstance(each, Reply) else _shown(each))
            for each in rule.replies
        ],
        "used": used,
    }


def _shown(computed: ComputedReply) -> Reply:
    return replace(computed.form, text=f"<what {computed.name} returns>")


def compile_pattern(pattern: str | re.Pattern[str] | None) -> re.Pattern[str] | None:
    """Compile a pattern.

    Raises:
        ValueError: It is not a regular expression.
    """
    if pattern is None:
        return None
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        reason = f"{pattern!r} is not a regular expression: {error}"
        raise ValueError(reason) from error


def _check(name: str, value: object, types: Any, form: str) -> None:
    if isinstance(value, bool) or not isinstance(value, types):
        raise TypeError(f"{name} must be {form}, not {value!r}")


@cache
def _file_validator() -> Validator:
    rule = admin_schema("ReplyScript")
    schema = {"type": "array", "items": rule, "components": rule["components"]}
    return Validator(jsonschema_rs.Draft202012Validator(schema))
