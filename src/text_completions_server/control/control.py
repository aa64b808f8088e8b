"""What a test does with the mock: ask for faults, script replies, read the journal."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from ..backends.base import StopReason
from .fault_plan import FaultPlan
from .faults import Fault, FaultName
from .journal import Journal, Requests
from .replies import (
    Reply,
    ReplyFunction,
    ReplyRule,
    ReplyRules,
    compile_pattern,
    read_replies,
)


class Control:
    """Controls a mock: its journal, scripted replies and faults.

    Any thread may use it. Pass it to `create_app(control=...)`; a `MockServer` is one.

    Args:
        faults: The probability of each fault: `{"overloaded": 0.1}`.
        seed: Decides which requests these faults affect.
        replies: A YAML file of scripted replies.

    Raises:
        ValueError: A fault is unknown, or a probability is out of its bounds.
        RepliesError: The file is missing or invalid.
    """

    def __init__(
        self,
        *,
        faults: Mapping[str, float] | None = None,
        seed: int = 0,
        replies: str | os.PathLike[str] | None = None,
    ) -> None:
        self.journal = Journal()
        self.fault_plan = FaultPlan(faults, seed)
        self.reply_rules = ReplyRules(() if replies is None else read_replies(replies))
        self._resets: list[Callable[[], None]] = [
            self.journal.clear,
            self.fault_plan.reset,
            self.reply_rules.reset,
        ]

    @property
    def requests(self) -> Requests:
        """The requests since the last reset, oldest first, as they are now.

        A sequence of `Record`, with the exact counts `total` and `statuses`. The last
        10,000 records are kept.
        """
        return self.journal.requests()

    def reply(
        self,
        *replies: str | Reply | ReplyFunction,
        prompt: str | None = None,
        pattern: str | re.Pattern[str] | None = None,
        times: int | None = None,
        stop_reason: StopReason | None = None,
        stop: str | None = None,
        delay: float = 0,
        pause: float = 0,
    ) -> None:
        """Answer requests with these texts, one after another; the last one repeats.

        A reply to a whole prompt comes before one to a pattern, and that before one
        to any prompt. Of equals the one that was added last applies.

        Args:
            replies: Texts as they are on the wire, `Reply` objects, or functions that
                are given the request and return one of these; coroutine functions as
                well. The stop reason, stop, delay and pause below apply to the texts.
                A function that raises an `ApiError` lets the request fail with it.
            prompt: Answer this prompt only.
            pattern: Answer only prompts in which this regular expression is found.
            times: Answer only so many requests.
            stop_reason: `end_turn`, `stop_sequence` or `max_tokens`; the text is then
                sent whole. None cuts it at the limits of the request.
            stop: The sequence that goes with the reason `stop_sequence`.
            delay: Seconds before the response begins.
            pause: Seconds between two tokens.

        Raises:
            ValueError: There is no reply, or the arguments exclude each other.
            TypeError: An argument has the wrong type.
        """
        form = Reply(
            text="", stop_reason=stop_reason, stop=stop, delay=delay, pause=pause
        )

        self.reply_rules.add(
            ReplyRule(
                replies=tuple(
                    replace(form, text=each) if isinstance(each, str) else each
                    for each in replies
                ),
                form=form,
                prompt=prompt,
                pattern=compile_pattern(pattern),
                times=times,
            )
        )

    def fail(
        self,
        name: FaultName,
        *,
        times: int = 1,
        seconds: float | None = None,
        after: int | None = None,
    ) -> None:
        """Let the next requests fail, after those that were asked to fail before.

        Args:
            name: The fault, one of `FAULTS`, such as `overloaded`.
            times: How many requests it affects.
            seconds: How long it waits, for a fault that waits.
            after: How many events come before it, for a fault of a stream.

        Raises:
            ValueError: The name is unknown, or a setting does not go with it.
            TypeError: A setting has the wrong type.
        """
        self.fault_plan.add(Fault(name, times, seconds, after))

    def reset(self) -> None:
        """Start anew: an empty journal, and the faults and replies of the start.

        Rate limits count from zero, and the ids of responses repeat from the first.
        """
        for reset in self._resets:
            reset()

    def on_reset(self, reset: Callable[[], None]) -> None:
        """Call a function at each reset."""
        self._resets.append(reset)
